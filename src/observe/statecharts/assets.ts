/** The files of the page: shipped with the package, read when they are first asked for. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

export interface Assets {
  /** By the last part of the path: `check.svg`, `inspector.js`. The page itself is `index.html`. */
  readonly files: ReadonlyMap<string, Asset>;
  /** What the page may load and run: its own files, and the style sheets within the pictures by their hashes. */
  readonly policy: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Found by the package's own name, so that they are the same files from source, from dist and when installed. */
const ROOT = dirname(createRequire(import.meta.url).resolve('consul-esm/package.json'));

type Folders = readonly (readonly [folder: string, endings: readonly string[]])[];

/** What each page consists of, folder by folder, with the endings that are served. */
const FOLDERS = {
  inspector: [
    ['visualizations', ['.svg']],
    ['visualizations/inspector', ['.html', '.css']],
    ['dist/visualizations/inspector', ['.js']],
  ],
  relay: [
    ['visualizations/inspector/relay', ['.html', '.css']],
    ['dist/visualizations/inspector/relay', ['.js']],
  ],
} as const satisfies Record<string, Folders>;

const readFolder = async (folder: string, endings: readonly string[]): Promise<readonly [string, Asset][]> => {
  const names = (await readdir(join(ROOT, folder))).filter((name) => endings.includes(extname(name)));
  return Promise.all(
    names.map(async (name): Promise<[string, Asset]> => {
      const body = await readFile(join(ROOT, folder, name));
      return [name, { type: TYPES[extname(name)] ?? '', body }];
    }),
  );
};

const styleHashes = (files: Iterable<Asset>): readonly string[] => {
  const sheets = [...files].flatMap(({ body }) => [...body.toString().matchAll(/<style>([^]*?)<\/style>/g)]);
  const hashes = sheets.map(([, sheet = '']) => createHash('sha256').update(sheet).digest('base64'));
  return [...new Set(hashes)].map((hash) => `'sha256-${hash}'`);
};

const policyOf = (files: Iterable<Asset>): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${["'self'", ...styleHashes(files)].join(' ')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Reads those of a page. Rejects when the package is not whole. */
export const readAssets = async (page: keyof typeof FOLDERS): Promise<Assets> => {
  const folders: Folders = FOLDERS[page];
  const files = new Map((await Promise.all(folders.map(([folder, endings]) => readFolder(folder, endings)))).flat());
  return { files, policy: policyOf(files.values()) };
};
