/** The Consul program that tests and benches run. */
import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fetchDebianPackage } from './debian-package.ts';
import { cachePath } from './project-root.ts';

/** The last Debian release that carries Consul (1.8.7). */
const SUITE = 'bullseye';

/**
 * Path of a `consul` program: `CONSUL_BIN`, else on the PATH, else `.cache/consul/consul`, else fetched once from the
 * machine's Debian mirror. Throws an error that tells how to set `CONSUL_BIN` when none of these has it.
 */
export async function findConsul(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env['CONSUL_BIN'];
  if (named !== undefined && named !== '') {
    if (!(await isExecutable(named))) throw new Error(`CONSUL_BIN: ${named} is not a program that can be run`);
    return named;
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, cachePath('consul')]) {
    const path = join(folder, 'consul');
    if (await isExecutable(path)) return path;
  }
  return fetchConsul();
}

async function fetchConsul(): Promise<string> {
  try {
    const path = join(await fetchDebianPackage('consul', { suite: SUITE }), 'usr', 'bin', 'consul');
    if (!existsSync(path)) throw new Error(`the package holds no ${path}`);
    return path;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `No consul program found. Install Consul 1.8 or later and put it on the PATH, or set CONSUL_BIN to its path. (${why})`,
      { cause },
    );
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
