import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findConsul } from '../../src/dev/consul-binary.ts';
import { makeFolderOnce } from '../../src/dev/once.ts';

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'consul-binary-'));
  await run(folder).finally(() => rm(folder, { recursive: true }));
}

it('takes the Consul that is named, else the first on the PATH', () =>
  withFolder(async (folder) => {
    const program = join(folder, 'consul');
    await writeFile(program, '', { mode: 0o755 });
    expect(await findConsul({ CONSUL_BIN: program, PATH: '' })).toBe(program);
    expect(await findConsul({ PATH: `/nowhere:${folder}` })).toBe(program);
  }));

it('says so when what is named cannot be run', async () => {
  await expect(findConsul({ CONSUL_BIN: '/nowhere/consul' })).rejects.toThrow('CONSUL_BIN: /nowhere/consul');
});

it('fills a folder once, however many want it, and lets others wait until it is whole', () =>
  withFolder(async (folder) => {
    const target = join(folder, 'deep', 'target');
    let fills = 0;
    const fill = async (draft: string): Promise<void> => {
      fills++;
      await writeFile(join(draft, 'file'), 'x');
    };
    await Promise.all([1, 2, 3].map(() => makeFolderOnce(target, fill)));
    expect(fills).toBe(1);
  }));

it('leaves nothing behind when filling fails, so that the next one can try', () =>
  withFolder(async (folder) => {
    const target = join(folder, 'target');
    await expect(makeFolderOnce(target, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    await makeFolderOnce(target, () => Promise.resolve());
  }));

it('breaks the lock of a dead process', () =>
  withFolder(async (folder) => {
    const target = join(folder, 'target');
    await makeFolderOnce(`${target}.lock`, (draft) => writeFile(join(draft, 'pid'), '4194305')); // above the highest pid of Linux
    await makeFolderOnce(target, () => Promise.resolve());
  }));
