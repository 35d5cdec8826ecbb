/** The Chromium program that tests look at pages with. */
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fetchDebianPackage } from '../../src/dev/debian-package.ts';

export interface ChromiumBinary {
  readonly path: string;
  /** The whole environment it is to be run with. */
  readonly env: NodeJS.ProcessEnv;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * `CHROMIUM_BIN`, else on the PATH, else fetched once from the machine's Debian mirror with the libraries it lacks. Throws an
 * error that tells how to set `CHROMIUM_BIN` when none of these has it.
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<ChromiumBinary> {
  const named = env['CHROMIUM_BIN'] ?? '';
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const known = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const path of named === '' ? known : [named]) if (await isProgram(path)) return { path, env };
  if (named !== '') throw new Error(`CHROMIUM_BIN: ${named} is not a program that can be run`);
  return await fetchChromium(env);
}

async function fetchChromium(env: NodeJS.ProcessEnv): Promise<ChromiumBinary> {
  try {
    const folder = await fetchDebianPackage('chromium', { withDependencies: true });
    const fonts = await fetchDebianPackage('fonts-liberation');
    const libraries = await librariesIn(join(folder, 'usr', 'lib'));
    return {
      path: join(folder, 'usr', 'lib', 'chromium', 'chromium'),
      env: { ...env, LD_LIBRARY_PATH: libraries.join(delimiter), XDG_DATA_HOME: join(fonts, 'usr', 'share') },
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`No Chromium found. Install it and put it on the PATH, or set CHROMIUM_BIN to its path. (${why})`, {
      cause,
    });
  }
}

/** Wherever there are some: Debian keeps them in a folder named for the processor, and some packages theirs in one below it. */
async function librariesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return [...new Set(files.filter(({ name }) => /\.so(\.|$)/.test(name)).map(({ parentPath }) => parentPath))];
}
