/**
 * Runs the seeds of `npm test` beside all its other suites, which mostly wait, in processes that yield to them. `seeds.test.ts` is
 * the last to run, and tells what each seed came to.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { REGRESSIONS } from './regressions.ts';

export const SEEDS = 200;

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the outcomes stand once all seeds have run. */
    readonly seedOutcomes: string;
  }
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'seeds-'));
  const outcomes = join(folder, 'outcomes.json');
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const also = REGRESSIONS.map(([, seed]) => seed).filter((seed) => seed > SEEDS);
  const args = ['--import', 'tsx', main, '--seeds', String(SEEDS), '--also', also.join(','), '--outcomes', outcomes];
  const seeds = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  // One that came to nothing leaves no outcomes, for which the test would wait.
  const ended = once(seeds, 'close').then(() => writeFile(outcomes, '[]', { flag: 'wx' }).catch(() => undefined));
  if (seeds.pid !== undefined) setPriority(seeds.pid, constants.priority.PRIORITY_LOW); // before it has children, which inherit it
  project.provide('seedOutcomes', outcomes);
  return async () => {
    seeds.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
}
