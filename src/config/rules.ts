/** Rules that no single file can break alone: asked once all files are merged. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { allowedAt, shown } from './allowed.ts';
import { whyUnreadable } from './files.ts';
import type { Problem } from './problem.ts';
import { keyOf, KEYS, type KeyName } from './schema.ts';
import type { Setting, Settings } from './settings.ts';

const PAIRS = [
  ['cert_file', 'key_file'],
  ['https_cert_file', 'https_key_file'],
] as const satisfies readonly (readonly [KeyName, KeyName])[];

const problem = ({ origin, label }: Setting, found: string, allowed: string): Problem => ({
  origin,
  key: label,
  sentence: `found ${found}; allowed: ${allowed}`,
});

const checkPairs = (settings: Settings): Problem[] =>
  PAIRS.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]).flatMap(([name, partner]) => {
    const setting = settings.get(name);
    if (setting === undefined || settings.has(partner)) return [];
    return [problem(setting, `a value, but none for ${partner}`, 'both or neither')];
  });

/** Consul refuses keys that begin with a slash. */
const checkKvKeys = (settings: Settings): Problem[] =>
  (['consul_kv_path', 'consul_leader_key'] as const).flatMap((name) => {
    const setting = settings.get(name);
    if (typeof setting?.value !== 'string' || !setting.value.startsWith('/')) return [];
    return [problem(setting, shown(setting.value), 'a key without a slash in front')];
  });

const checkPath = async (setting: Setting, name: KeyName): Promise<Problem[]> => {
  const { value: path } = setting;
  if (typeof path !== 'string') return [];
  const key = keyOf(name);
  const isFolder = 'format' in key && key.format === 'folder';
  const fail = (why: string): Problem[] => [problem(setting, `${shown(path)}, which ${why}`, allowedAt(key))];
  try {
    if ((await stat(path)).isDirectory() !== isFolder) return fail(isFolder ? 'is no folder' : 'is a folder');
    await access(path, constants.R_OK);
    return [];
  } catch (error) {
    return fail(whyUnreadable(error));
  }
};

const checkPaths = async (settings: Settings): Promise<Problem[]> => {
  const checks = KEYS.map(async ([name, key]) => {
    const setting = settings.get(name);
    const isPath = 'format' in key && (key.format === 'file' || key.format === 'folder');
    return setting !== undefined && isPath ? checkPath(setting, name) : [];
  });
  return (await Promise.all(checks)).flat();
};

/** What is wrong with settings that are each allowed by the schema. Looks at the files they name. */
export const checkRules = async (settings: Settings): Promise<readonly Problem[]> => [
  ...checkKvKeys(settings),
  ...checkPairs(settings),
  ...(await checkPaths(settings)),
];
