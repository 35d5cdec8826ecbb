/** The simulation as plain JavaScript, as the program ships: for long runs, which compile it once. */
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cachePath } from '../../src/dev/project-root.ts';

/** What was compiled is removed when this is disposed. */
export interface CompiledSimulation extends AsyncDisposable {
  /** Starts a process that runs main.ts, as compiled, with these arguments. */
  start(...args: readonly string[]): ChildProcess;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Is this code compiled already? */
export const isCompiled = import.meta.url.endsWith('.js');

/**
 * For a process whose neighbours take the other processors: the young generation holds a run's rubbish, it is collected without
 * threads, and a function is optimized later, for each daemon that starts makes its closures anew. A tenth less in all.
 */
const SWIFT = ['--max-semi-space-size=64', '--single-threaded-gc', '--interrupt-budget=400000'];

const settingsFor = (folder: string): object => ({
  extends: join(ROOT, 'tsconfig.build.json'),
  compilerOptions: { rootDir: ROOT, outDir: folder, noCheck: true, declaration: false, sourceMap: false },
  include: [],
  files: [join(ROOT, 'test/simulation/main.ts')],
});

/**
 * Takes some seconds and saves a sixth of all that follows: `tsx` has every function given its name anew whenever it is made.
 * The folder is its own: another run must not load what this one is just writing.
 */
export const compileSimulation = async (): Promise<CompiledSimulation> => {
  await mkdir(cachePath(), { recursive: true });
  const folder = await mkdtemp(cachePath('simulation-'));
  const settings = join(folder, 'tsconfig.json');
  await writeFile(settings, JSON.stringify(settingsFor(folder)));
  const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  await promisify(execFile)(process.execPath, [compiler, '--project', settings]);
  return {
    start: (...args) => fork(join(folder, 'test/simulation/main.js'), args, { execArgv: SWIFT }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};
