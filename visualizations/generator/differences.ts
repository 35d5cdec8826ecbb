/** Are the pictures those of the charts? */
import { readdir, readFile } from 'node:fs/promises';

const namesIn = async (folder: URL): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

/** What `folder` holds otherwise than `files` say, one line each: missing, stale, or of no chart. */
export async function differencesOf(folder: URL, files: ReadonlyMap<string, string>): Promise<string[]> {
  const names = await namesIn(folder);
  const stray = names.filter((name) => !files.has(name)).map((name) => `${name}: belongs to no chart`);
  const wrong = [...files].map(async ([name, content]) => {
    if (!names.includes(name)) return [`${name}: is missing`];
    const isSame = (await readFile(new URL(name, folder), 'utf8')) === content;
    return isSame ? [] : [`${name}: is not the picture of the chart as it is`];
  });
  return [...stray, ...(await Promise.all(wrong)).flat()];
}
