/** `npm run visualize`: writes the pictures of all charts; with `--check`, tells which are not those of the charts as they are. */
import { rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { differencesOf } from './differences.ts';
import { FOLDER, makeFiles } from './files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const files = await makeFiles();
const differences = await differencesOf(FOLDER, files);

if (values.check) {
  for (const line of differences) console.error(line);
  if (differences.length > 0) {
    console.error('Run npm run visualize and commit what it writes.');
    process.exitCode = 1;
  }
} else {
  for (const line of differences) {
    const name = line.slice(0, line.indexOf(':'));
    const content = files.get(name);
    await (content === undefined ? rm(new URL(name, FOLDER)) : writeFile(new URL(name, FOLDER), content));
    console.log(name);
  }
}
