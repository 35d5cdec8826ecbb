/** What this program is called and which build of it runs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Found by the package's own name, so that it is the same file from source, from dist and when installed. */
const manifest = createRequire(import.meta.url)('consul-esm/package.json') as { name: string; version: string }; // safe: npm demands both

export const { name, version } = manifest;

/** The commit it was built from, as src/dev/stamp.ts left it beside the built code; `unknown` for any other build. */
export const revision = readRevision();

/** `consul-esm 1.2.3 (abcdef0)`: what `-version` prints. */
export const versionLine = `${name} ${version} (${revision})`;

function readRevision(): string {
  try {
    return readFileSync(new URL('../revision', import.meta.url), 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
