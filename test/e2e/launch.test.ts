/** bin/consul-esm: what it tells the process at its start, and that the process becomes the program. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { version } from '../../src/version.ts';
import { startConsul } from '../support/consul.ts';
import { PROGRAM, startDaemon } from '../support/daemon.ts';
import { temporaryFolder } from '../support/folder.ts';

const told = async (pid: number, what: 'cmdline' | 'environ'): Promise<readonly string[]> =>
  (await readFile(`/proc/${pid}/${what}`, 'utf8')).split('\0');

it('tells V8 and the C library to be sparing, and is then the daemon itself', async () => {
  await using consul = await startConsul();
  const env = { MALLOC_ARENA_MAX: '4', NODE_OPTIONS: '--no-deprecation' };
  await using daemon = await startDaemon({ config: `http_addr = "${consul.url}"\n`, env });
  await daemon.until('Obtained leadership');
  const [node, flag] = await told(daemon.pid, 'cmdline');
  expect([node, flag]).toEqual(['node', '--min-semi-space-size=4']);
  const set = (await told(daemon.pid, 'environ')).filter((line) => /^(MALLOC_|NODE_OPTIONS)/.test(line));
  expect(set.sort()).toEqual([
    'MALLOC_ARENA_MAX=4', // as it was set
    'MALLOC_MMAP_THRESHOLD_=131072',
    'MALLOC_TRIM_THRESHOLD_=131072',
    'NODE_OPTIONS=--max-semi-space-size=8 --no-deprecation', // the last of two has its way
  ]);
  expect(await daemon.stop()).toBe(0);
});

it('is found through links, in a folder with spaces in its name', async () => {
  await using folder = await temporaryFolder();
  const links = join(folder.path, 'with spaces');
  await mkdir(links);
  await symlink(PROGRAM, join(links, 'first'));
  await symlink('first', join(links, 'second'));
  const { stdout } = await promisify(execFile)(join(links, 'second'), ['-version']);
  expect(stdout).toContain(`consul-esm ${version} (`);
});
