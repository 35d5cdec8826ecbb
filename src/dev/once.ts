/** Makes a folder exactly once, however many processes want it at the same time. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 300_000;
const LOOK_EVERY_MS = 200;

/**
 * Resolves when `folder` exists. The first comer runs `fill` on an empty folder beside it and renames that into place, so
 * that a half-filled folder is never seen; the others wait. A lock left by a dead process is broken. Rejects with what
 * `fill` threw, or after five minutes of waiting for another process.
 */
export async function makeFolderOnce(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const lock = `${folder}.lock`;
  await mkdir(dirname(folder), { recursive: true });
  for (let waitedMs = 0; !existsSync(folder); waitedMs += LOOK_EVERY_MS) {
    if (await take(lock)) return fillAndRename(folder, lock, fill);
    if (waitedMs > PATIENCE_MS)
      throw new Error(`${lock} is held by another process for too long; remove it and try again`);
    await pause(LOOK_EVERY_MS);
  }
}

async function fillAndRename(folder: string, lock: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.draft`;
  try {
    if (existsSync(folder)) return;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    await fill(draft);
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(lock, { recursive: true, force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    if (await isOrphan(lock)) await rm(lock, { recursive: true, force: true });
    return false;
  }
  await writeFile(join(lock, 'pid'), String(process.pid));
  return true;
}

async function isOrphan(lock: string): Promise<boolean> {
  const pid = Number(await readFile(join(lock, 'pid'), 'utf8').catch(() => NaN));
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
