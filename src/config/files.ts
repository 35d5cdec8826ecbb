/** Configuration files on disk: which they are, and why one cannot be read. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from './document.ts';
import type { Problem } from './problem.ts';
import { readDocument } from './read.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: "is closed to the daemon's user",
  EPERM: "is closed to the daemon's user",
  EISDIR: 'is a folder',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';

/** Why the system would not read a file, as a clause behind "which". */
export const whyUnreadable = (error: unknown): string => REASONS[codeOf(error)] ?? `cannot be read (${codeOf(error)})`;

const unreadable = (path: string, error: unknown): Problem => ({
  origin: { source: path, place: undefined },
  key: '',
  sentence: `${whyUnreadable(error)}; allowed: a readable file or folder`,
});

/** The files of a folder that are configuration: `.json` and `.hcl`, by name, not deeper. */
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && /\.(?:json|hcl)$/.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort();

const readSource = async (source: string): Promise<(Document | Problem)[]> => {
  try {
    const paths = (await stat(source)).isDirectory() ? await filesIn(source) : [source];
    return await Promise.all(paths.map(readOne));
  } catch (error) {
    return [unreadable(source, error)];
  }
};

const readOne = async (path: string): Promise<Document | Problem> => {
  let bytes;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return unreadable(path, error);
  }
  return readDocument(path, bytes);
};

/** Reads every file that `sources` name, in their order: a folder stands for the configuration files in it. Never rejects. */
export const readSources = async (sources: readonly string[]): Promise<readonly (Document | Problem)[]> =>
  (await Promise.all(sources.map(readSource))).flat();
