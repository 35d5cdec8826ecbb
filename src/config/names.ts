/** From the keys of a file to the names of the program: `node_probe_interval` is `nodeProbeIntervalMs`. */
import type { Key } from './schema/key.ts';

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The name of a key in the program: camel case; `Ms` behind durations. Two keys are renamed for what becomes of them. */
export type NameOf<Name extends string, Of> = Name extends 'consul_kv_path'
  ? 'kvPath'
  : Name extends 'consul_leader_key'
    ? 'leaderKey'
    : Of extends { readonly format: 'duration' }
      ? `${Camel<Name>}Ms`
      : Camel<Name>;

/** {@link NameOf} at run time. */
export const nameOf = (key: string, schema: Key): string => {
  if (key === 'consul_kv_path') return 'kvPath';
  if (key === 'consul_leader_key') return 'leaderKey';
  const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return 'format' in schema && schema.format === 'duration' ? `${camel}Ms` : camel;
};
