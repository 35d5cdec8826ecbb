/** Where development keeps what it fetches. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder at or above the working directory that holds a package.json; else the working directory itself. */
function projectRoot(from: string = process.cwd()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return from;
  }
}

/** A path below `.cache/` of the project. The folder is not made. */
export const cachePath = (...parts: readonly string[]): string => join(projectRoot(), '.cache', ...parts);
