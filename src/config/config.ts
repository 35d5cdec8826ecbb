/** The configuration as the program reads it: complete, checked, typed after the schema. */
import { nameOf, type NameOf } from './names.ts';
import { KEYS, type SCHEMA } from './schema.ts';
import type { Key } from './schema/key.ts';

/** The types that need no more than their name. */
interface Plain {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: number;
  readonly array: readonly string[];
  readonly object: Readonly<Record<string, string>>;
}

/** A setting's value: durations in milliseconds, blocks with their keys named alike, the rest as the file has it. */
type ValueOf<Of> = Of extends { readonly format: 'duration' }
  ? number
  : Of extends { readonly properties: infer Inner }
    ? Named<Inner>
    : Of extends { readonly enum: readonly (infer Word)[] }
      ? Word
      : Of extends { readonly type: readonly ['integer', 'string']; readonly default: infer Word }
        ? number | Word
        : Of extends { readonly type: keyof Plain }
          ? Plain[Of['type']]
          : never;

type Named<Properties> = {
  readonly [Name in keyof Properties & string as NameOf<Name, Properties[Name]>]: ValueOf<Properties[Name]>;
};

/** Name and password of HTTP basic authentication. */
export interface HttpAuth {
  readonly username: string;
  readonly password: string;
}

/** What only the environment can say. */
export interface EnvironmentConfig {
  /** CONSUL_HTTP_AUTH. Secret. */
  readonly httpAuth: HttpAuth | undefined;
  /** CONSUL_HTTP_SSL_VERIFY is false: Consul's certificate is not verified. */
  readonly tlsSkipVerify: boolean;
}

/**
 * All settings. Empty strings stand for "none", or for the default that Consul's agent or the system has. `httpAddr` is
 * `http://host:port`, `https://host:port` (either with a path, where a proxy wants one) or `unix:///path`; `kvPath` ends
 * with a slash; `leaderKey` and `instanceId` are never empty. Holds secrets: show it through `describeConfig` only.
 */
export type Config = Named<(typeof SCHEMA)['properties']> & EnvironmentConfig;

const HIDDEN = '(secret)';

const describeBlock = (block: object, keys: readonly (readonly [string, Key])[]): Record<string, unknown> => {
  const names = new Map(keys.map(([key, schema]) => [nameOf(key, schema), schema]));
  return Object.fromEntries(
    Object.entries(block).map(([name, value]: [string, unknown]) => {
      const schema = names.get(name);
      if (schema?.secret === true && value !== '') return [name, HIDDEN];
      const isBlock = schema !== undefined && 'properties' in schema && typeof value === 'object' && value !== null;
      return [name, isBlock ? describeBlock(value, Object.entries(schema.properties)) : value];
    }),
  );
};

/** The configuration with every secret replaced, safe for a log line or an HTTP answer. */
export const describeConfig = (config: Config): Readonly<Record<string, unknown>> => ({
  ...describeBlock(config, KEYS),
  httpAuth: config.httpAuth === undefined ? undefined : HIDDEN,
});
