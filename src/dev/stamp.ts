/** The last step of `npm run build`: leaves the commit that was built in dist/revision, for src/version.ts. */
import { execFileSync } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dist = new URL('../../', import.meta.url);
const root = realpathSync(fileURLToPath(new URL('../', dist)));

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/**
 * `abcdef0`, with `-dirty` when files differ from it; `unknown` when git is missing or this folder is no checkout of its own.
 * The variable REVISION goes before, for builds that have no git.
 */
function revision(): string {
  const given = process.env['REVISION'];
  if (given !== undefined && given !== '') return given;
  try {
    // an unpacked tarball may lie inside somebody else's checkout
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== root) return 'unknown';
    return git('describe', '--always', '--dirty', '--exclude=*');
  } catch {
    return 'unknown';
  }
}

writeFileSync(new URL('revision', dist), `${revision()}\n`);
