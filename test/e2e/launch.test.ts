/** bin/consul-esm: what it tells the process at its start, and that the process becomes the program. */
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { version } from '../../src/version.ts';
import { startConsul } from '../support/consul.ts';
import { startDaemon } from '../support/daemon.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/consul-esm', import.meta.url));

const told = async (pid: number, what: 'cmdline' | 'environ'): Promise<readonly string[]> =>
  (await readFile(`/proc/${pid}/${what}`, 'utf8')).split('\0');

it('tells V8 and the C library to be sparing, and is then the daemon itself', async () => {
  const consul = await startConsul();
  try {
    const env = { MALLOC_ARENA_MAX: '4' };
    await using daemon = await startDaemon({ config: `http_addr = "${consul.url}"\n`, env });
    await daemon.until('Obtained leadership');
    const [node, flag] = await told(daemon.pid, 'cmdline');
    expect([node, flag]).toEqual(['node', '--min-semi-space-size=2']);
    const malloc = (await told(daemon.pid, 'environ')).filter((line) => line.startsWith('MALLOC_'));
    expect(malloc.sort()).toEqual([
      'MALLOC_ARENA_MAX=4', // as it was set
      'MALLOC_MMAP_THRESHOLD_=131072',
      'MALLOC_TRIM_THRESHOLD_=131072',
    ]);
    expect(await daemon.stop()).toBe(0);
  } finally {
    await consul.stop();
  }
});

it('is found through links, in a folder with spaces in its name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'esm link '));
  try {
    await symlink(PROGRAM, join(folder, 'first'));
    await symlink('first', join(folder, 'second'));
    const { stdout } = await promisify(execFile)(join(folder, 'second'), ['-version']);
    expect(stdout).toContain(`consul-esm ${version} (`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
