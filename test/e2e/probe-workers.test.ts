/** `probe_workers = 1`: the checks run on a thread of their own; when it dies or hangs, that is a line in the log. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { register, untilStatus } from '../support/catalog.ts';
import { startConsul } from '../support/consul.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { broken, startWeb } from '../support/web.ts';
import { harm } from '../support/worker-probing.ts';

const CHECKS = Array.from({ length: 20 }, (_, index) => `check-${index}`);
const DEATH = 'A probe worker died; its probes are run again';

/** A worker that hangs is left 15 to 18 s. */
const PATIENCE_MS = 40_000;

test.concurrent.each([
  ['end', 'it ended by itself'],
  ['block', 'it gave no sign of life for 15 s'],
] as const)(
  'statuses come right; a worker that comes to harm (%s) is told once, and all run again',
  async (act, reason) => {
    const consul = await startConsul();
    await using web = await startWeb();
    await using folder = await temporaryFolder();
    const order = join(folder.path, 'order');
    web.answer('/check-0', () => broken());
    await register(consul, {
      node: 'foo',
      meta: { 'external-node': 'true' },
      checks: CHECKS.map((id) => ({
        CheckID: id,
        Name: id,
        Status: 'warning',
        Definition: { HTTP: web.url(`/${id}`), Interval: '1s', Timeout: '5s' },
      })),
    });
    await using daemon = await startDaemon({
      config: `http_addr = "${consul.url}"\nprobe_workers = 1\n`,
      env: { NODE_OPTIONS: `--import=${harm(act, order)}` },
    });
    const statusOf = (id: string): string => (id === 'check-0' ? 'critical' : 'passing');
    for (const id of CHECKS) await untilStatus(consul, 'foo', id, statusOf(id));

    await writeFile(order, '');
    await daemon.until(DEATH, PATIENCE_MS);
    const before = CHECKS.map((id) => web.hits(`/${id}`));
    await eventually('two more probes of every check', () =>
      CHECKS.every((id, index) => web.hits(`/${id}`) >= (before[index] ?? 0) + 2),
    );
    web.answer('/check-1', () => broken());
    await untilStatus(consul, 'foo', 'check-1', 'critical');
    expect(daemon.lines(DEATH)).toEqual([expect.stringContaining(reason)]);
    expect(daemon.lines(/ERROR/)).toHaveLength(1);
    expect(await daemon.stop()).toBe(0);
    await consul.stop();
  },
);
