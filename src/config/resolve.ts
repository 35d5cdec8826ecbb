/** From what users set to what the program reads: defaults filled in, durations as milliseconds, keys under their names. */
import { parseGoDuration } from '../duration.ts';
import { toConsulUrl } from './address.ts';
import type { Config } from './config.ts';
import type { EnvironmentLayer } from './environment.ts';
import { nameOf } from './names.ts';
import { KEYS } from './schema.ts';
import type { Key, Keys } from './schema/key.ts';
import type { Settings } from './settings.ts';

const LEADER_KEY = 'consul-esm/lock';

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const convert = (value: unknown, key: Key): unknown => {
  if ('properties' in key) return convertBlock(asRecord(value), key.properties);
  if (key.type !== 'string' || key.format !== 'duration') return value;
  return parseGoDuration(String(value));
};

const convertBlock = (block: Readonly<Record<string, unknown>>, keys: Keys): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [nameOf(name, key), convert(block[name] ?? key.default, key)]),
  );

const withSlash = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/** A negative interval asks for the default. */
const flushInterval = (ms: number): number => (ms < 0 ? 500 : ms);

/** Completes checked settings. `newId` gives the instance's id where none is set. */
export const resolve = (settings: Settings, environment: EnvironmentLayer, newId: () => string): Config => {
  const plain = Object.fromEntries([...settings].map(([name, { value }]) => [name, value]));
  const config = convertBlock(plain, Object.fromEntries(KEYS)) as unknown as Config; // safe: the schema gave both
  const kvPath = withSlash(config.kvPath);
  return {
    ...config,
    kvPath,
    instanceId: config.instanceId || newId(),
    leaderKey: config.leaderKey || (settings.has('consul_kv_path') ? `${kvPath}leader` : LEADER_KEY),
    httpAddr: toConsulUrl(config.httpAddr, environment.isTls) ?? config.httpAddr,
    batchFlushIntervalMs: flushInterval(config.batchFlushIntervalMs),
    httpAuth: environment.httpAuth,
    tlsSkipVerify: environment.tlsSkipVerify,
  };
};
