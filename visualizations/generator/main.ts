/**
 * `npm run visualize`: writes the pictures of all charts. With `--check`, tells which are not those of the charts as they are;
 * with `--coverage FOLDER`, colours what the tests have taken and writes the pictures beside the counts that lie there.
 */
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
  for (const [name, content] of await makeFiles(await drawCharts(folder))) await writeFile(join(folder, name), content);
  console.log(join(folder, 'index.html'));
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, coverage: { type: 'string' } } });
if (values.coverage !== undefined) await colour(values.coverage);
else await (values.check ? check() : write());
