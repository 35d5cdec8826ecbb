/**
 * `npm run visualize`: writes the pictures of all charts. With `--check`, tells which are not those of the charts as they are;
 * with `--coverage [FOLDER]`, colours what the tests have taken and writes the pictures beside the counts that lie there.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { differencesOf } from './differences.ts';
import { drawCharts, FOLDER, makeFiles } from './files.ts';

async function write(): Promise<void> {
  const files = await makeFiles(await drawCharts());
  for (const { name } of await differencesOf(FOLDER, files)) {
    const content = files.get(name);
    await (content === undefined ? rm(new URL(name, FOLDER)) : writeFile(new URL(name, FOLDER), content));
    console.log(name);
  }
}

async function check(): Promise<void> {
  const differences = await differencesOf(FOLDER, await makeFiles(await drawCharts()));
  for (const { name, reason } of differences) console.error(`${name}: ${reason}`);
  if (differences.length === 0) return;
  console.error('Run npm run visualize and commit what it writes.');
  process.exitCode = 1;
}

async function colour(folder: string): Promise<void> {
  if (!existsSync(folder)) {
    console.error(
      `${folder}: nothing has been counted; STATECHART_COVERAGE=${folder} npx vitest run --project machines does`,
    );
    process.exitCode = 1;
    return;
  }
  for (const [name, content] of await makeFiles(await drawCharts(folder))) await writeFile(join(folder, name), content);
  console.log(join(folder, 'index.html'));
}

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false }, coverage: { type: 'boolean', default: false } },
  allowPositionals: process.argv.includes('--coverage'), // the folder
});
if (values.coverage) await colour(positionals[0] ?? 'coverage/statecharts');
else await (values.check ? check() : write());
