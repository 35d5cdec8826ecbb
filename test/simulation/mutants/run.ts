/** `npm run simulate:mutants`: is each mutant found within 2,000 seeds? The program is copied, broken, and simulated. */
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Mutant, MUTANTS } from './list.ts';

const SEEDS = 2_000;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COPIES = join(ROOT, '.cache/mutants');

const breed = async ({ name, file, from, to }: Mutant, copy: string): Promise<void> => {
  await rm(copy, { recursive: true, force: true });
  await mkdir(join(copy, 'test'), { recursive: true });
  for (const part of ['machines', 'src', 'test/simulation', 'package.json', 'tsconfig.json'])
    await cp(join(ROOT, part), join(copy, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const whole = await readFile(join(copy, file), 'utf8');
  if (whole.split(from).length !== 2)
    throw new Error(`${name}: ${file} does not hold once what is to be broken: ${from}`);
  await writeFile(join(copy, file), whole.replace(from, to));
};

/** Resolves to what the first seed that fails tells; empty: none did. */
const hunt = async (copy: string): Promise<string> => {
  const main = join(copy, 'test/simulation/main.ts');
  const seeds = ['--seeds', String(SEEDS), '--step', '1', '--until-failure'];
  const child = spawn(process.execPath, [...process.execArgv, main, ...seeds], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await text(child.stdout)).trim();
};

const waiting = [...MUTANTS.entries()];
const work = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [place, mutant] = next;
    const copy = join(COPIES, String(place));
    await breed(mutant, copy);
    const found = await hunt(copy);
    console.log(`${found === '' ? 'SURVIVED' : 'found'}: ${mutant.name}\n  ${found.replaceAll('\n', '\n  ')}`);
    if (found === '') process.exitCode = 1;
    await rm(copy, { recursive: true, force: true });
  }
};

await Promise.all(Array.from({ length: availableParallelism() }, work));
