/** Are the pictures those of the charts? */
import { readdir, readFile } from 'node:fs/promises';

const namesIn = async (folder: URL): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

/** A file that is not as it should be. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
}

/** What `folder` holds otherwise than `files` say: missing, stale, or of no chart. */
export async function differencesOf(folder: URL, files: ReadonlyMap<string, string>): Promise<Difference[]> {
  const names = await namesIn(folder);
  const stray = names.filter((name) => !files.has(name)).map((name) => ({ name, reason: 'belongs to no chart' }));
  const wrong = [...files].map(async ([name, content]) => {
    if (!names.includes(name)) return [{ name, reason: 'is missing' }];
    const isSame = (await readFile(new URL(name, folder), 'utf8')) === content;
    return isSame ? [] : [{ name, reason: 'is not that of the chart as it is' }];
  });
  return [...stray, ...(await Promise.all(wrong)).flat()];
}
