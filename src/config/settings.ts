/** What users have set, each setting with where they said it. Later files win; a block is replaced whole. */
import type { Origin } from './problem.ts';
import type { KeyName } from './schema.ts';

export interface Setting {
  /** As the file has it: durations are texts. Allowed by the schema, unless its file has problems. */
  readonly value: unknown;
  readonly origin: Origin;
  /** What the user called it: the key, or the variable. */
  readonly label: string;
}

/** The settings by key. A key that is not in it has its default. */
export type Settings = ReadonlyMap<KeyName, Setting>;

/** One after the other: what comes later wins, key by key. */
export const mergeSettings = (layers: readonly Settings[]): Settings => new Map(layers.flatMap((layer) => [...layer]));
