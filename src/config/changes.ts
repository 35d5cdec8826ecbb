/** What a reload may change. */
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config.ts';
import { nameOf } from './names.ts';
import { KEYS } from './schema.ts';

/** Keys whose values differ, as users write them. */
export interface ChangedKeys {
  /** Can take effect at once. */
  readonly live: readonly string[];
  /** Need a restart. */
  readonly restart: readonly string[];
}

/**
 * Which settings differ between two configurations. A changed *content* of a TLS file is not seen here: whoever reloads
 * reads those files again anyway.
 */
export const changedKeys = (old: Config, next: Config): ChangedKeys => {
  const [before, after] = [new Map(Object.entries(old)), new Map(Object.entries(next))];
  const changed = KEYS.filter(([name, key]) => {
    const field = nameOf(name, key);
    return !isDeepStrictEqual(before.get(field), after.get(field));
  });
  return {
    live: changed.filter(([, key]) => key.reload === true).map(([name]) => name),
    restart: changed.filter(([, key]) => key.reload !== true).map(([name]) => name),
  };
};
