/** `probe_workers = 1`: the checks run on a thread of their own, and its death is a line in the log. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { register, untilStatus } from '../support/catalog.ts';
import { startConsul } from '../support/consul.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { broken, startWeb } from '../support/web.ts';

const CHECKS = Array.from({ length: 20 }, (_, index) => `check-${index}`);
const DEATH = 'A probe worker died; its probes are run again';

test('statuses come right; a worker that dies is told once, and all run again', async () => {
  const consul = await startConsul();
  await using web = await startWeb();
  await using folder = await temporaryFolder();
  const order = join(folder.path, 'order');
  const ender = new URL(`../fixtures/end-worker.mjs?order=${order}`, import.meta.url).href;
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
    env: { NODE_OPTIONS: `--import=${ender}` },
  });
  const statusOf = (id: string): string => (id === 'check-0' ? 'critical' : 'passing');
  for (const id of CHECKS) await untilStatus(consul, 'foo', id, statusOf(id));

  await writeFile(order, '');
  await daemon.until(DEATH);
  const before = CHECKS.map((id) => web.hits(`/${id}`));
  await eventually('two more probes of every check', () =>
    CHECKS.every((id, index) => web.hits(`/${id}`) >= (before[index] ?? 0) + 2),
  );
  web.answer('/check-1', () => broken());
  await untilStatus(consul, 'foo', 'check-1', 'critical');
  expect(daemon.lines(DEATH)).toHaveLength(1);
  expect(daemon.lines(/ERROR/)).toHaveLength(1);
  expect(await daemon.stop()).toBe(0);
  await consul.stop();
});
