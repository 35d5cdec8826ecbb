/**
 * `npm run simulate:mutants [WORD]`: is each mutant, or each whose name holds the word, found within 2,000 seeds? The program is
 * copied, broken, and simulated. Fails when one is not found; tells where the seed of the list no longer is the one.
 */
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

/** Resolves to what the first of the seeds that fails tells; empty: none did. */
const hunt = async (copy: string, from: number, count: number): Promise<string> => {
  const main = join(copy, 'test/simulation/main.ts');
  const seeds = ['--from', String(from), '--seeds', String(count), '--step', '1', '--until-failure'];
  const child = spawn(process.execPath, [...process.execArgv, main, ...seeds], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await text(child.stdout)).trim();
};

/** What finds the mutant: the seed of the list, if it still does, else the first of all that does. */
const find = async (copy: string, { seed }: Mutant): Promise<string> => {
  const known = seed === undefined ? '' : await hunt(copy, seed, 1);
  if (known !== '') return known;
  const found = await hunt(copy, 1, SEEDS);
  return found === '' || seed === undefined ? found : `not at seed ${seed} any more\n${found}`;
};

const word = process.argv[2] ?? '';
const waiting = [...MUTANTS.entries()].filter(([, { name }]) => name.includes(word));
const work = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [place, mutant] = next;
    const copy = join(COPIES, String(place));
    await breed(mutant, copy);
    const found = await find(copy, mutant);
    console.log(`${found === '' ? 'SURVIVED' : 'found'}: ${mutant.name}\n  ${found.replaceAll('\n', '\n  ')}`);
    if (found === '') process.exitCode = 1;
    await rm(copy, { recursive: true, force: true });
  }
};

await Promise.all(Array.from({ length: availableParallelism() }, work));
