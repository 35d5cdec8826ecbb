/** What the `CONSUL_*` variables set. An empty variable counts as not set. */
import { readFile } from 'node:fs/promises';
import { allowedAt, foundText, shown } from './allowed.ts';
import { isAllowed } from './check.ts';
import type { EnvironmentConfig, HttpAuth } from './config.ts';
import { whyUnreadable } from './files.ts';
import type { Problem } from './problem.ts';
import { KEYS, type KeyName } from './schema.ts';
import type { Key } from './schema/key.ts';
import type { Setting, Settings } from './settings.ts';

/** Variables by name, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says: settings of keys, what has no key, and what is wrong with it. */
export interface EnvironmentLayer extends EnvironmentConfig {
  readonly settings: Settings;
  /** CONSUL_HTTP_SSL: TLS though the address does not say so. */
  readonly isTls: boolean;
  readonly problems: readonly Problem[];
}

const ORIGIN = { source: 'environment', place: undefined };
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

const wrong = (variable: string, found: string, allowed: string): Problem => ({
  origin: ORIGIN,
  key: variable,
  sentence: `found ${found}; allowed: ${allowed}`,
});

/** A flag as Go's strconv.ParseBool reads it; the fallback when not set; a problem else. */
const readFlag = (env: Environment, variable: string, fallback: boolean): boolean | Problem => {
  const text = env[variable] ?? '';
  if (text === '') return fallback;
  if (TRUE.test(text) || FALSE.test(text)) return TRUE.test(text);
  return wrong(variable, shown(text), 'true or false');
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'sentence' in value;

const readKey = (env: Environment, variable: string, name: KeyName, key: Key): unknown => {
  const text = env[variable] ?? '';
  if (text === '') return undefined;
  if (key.type === 'boolean') return readFlag(env, variable, key.default);
  if (isAllowed(name, text)) return text;
  return wrong(variable, foundText(text, key), allowedAt(key));
};

const TOKEN_FILE = 'CONSUL_HTTP_TOKEN_FILE';

/** The token in the file that the environment names; undefined when it names none, or an empty one. */
const readTokenFile = async (env: Environment): Promise<string | Problem | undefined> => {
  const path = env[TOKEN_FILE] ?? '';
  if (path === '') return undefined;
  try {
    return (await readFile(path, 'utf8')).trim() || undefined;
  } catch (error) {
    return wrong(TOKEN_FILE, `${shown(path)}, which ${whyUnreadable(error)}`, 'the path of a readable file');
  }
};

const readAuth = (env: Environment): HttpAuth | undefined => {
  const text = env['CONSUL_HTTP_AUTH'] ?? '';
  if (text === '') return undefined;
  const [username = '', ...password] = text.split(':');
  return { username, password: password.join(':') };
};

/** Reads the whole environment. Never rejects. */
export const readEnvironment = async (env: Environment): Promise<EnvironmentLayer> => {
  const found: [name: KeyName, label: string, value: unknown][] = KEYS.flatMap(([name, key]) =>
    key.env === undefined ? [] : [[name, key.env, readKey(env, key.env, name, key)]],
  );
  found.push(['token', TOKEN_FILE, await readTokenFile(env)]);
  const isTls = readFlag(env, 'CONSUL_HTTP_SSL', false);
  const isVerified = readFlag(env, 'CONSUL_HTTP_SSL_VERIFY', true);
  const settings = found
    .filter(([, , value]) => value !== undefined && !isProblem(value))
    .map(([name, label, value]): [KeyName, Setting] => [name, { value, origin: ORIGIN, label }]);
  return {
    settings: new Map(settings),
    httpAuth: readAuth(env),
    isTls: isTls === true,
    tlsSkipVerify: isVerified === false,
    problems: [...found.map(([, , value]) => value), isTls, isVerified].filter(isProblem),
  };
};
