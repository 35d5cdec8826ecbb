/**
 * The keys of a list that is too long for one: beside `<kv>agents/<service id>` stand `<kv>agents/<service id>/part-<version>-2`
 * and so on. Every version has keys of its own, so that the list in force stays whole until the first key names the next.
 */
import type { Random } from '../clock.ts';

const PART_KEY = /^(.+)\/part-[0-9a-z]+-[0-9]+$/s;

/** What the keys of one version begin with; `key` is the first key. */
export const partsFolder = (key: string, version: string): string => `${key}/part-${version}-`;

/** The key of the part at `place`, counted from 1; the first key is part 1. */
export const partKey = (key: string, version: string, place: number): string => `${partsFolder(key, version)}${place}`;

/** The first key of the list that `key` is a further part of; undefined: it is a first key itself. Ids may hold slashes. */
export const firstKeyOf = (key: string): string | undefined => PART_KEY.exec(key)?.[1];

/**
 * A version that no list has had before: the first key differs with every write, even one that only puts back a lost part, so
 * that its watch wakes.
 */
export const newVersion = (random: Random): string => Math.floor(random() * Number.MAX_SAFE_INTEGER).toString(36);

/** Is it a version, as keys hold it? Whatever else KV says is no part of a key. */
export const isVersion = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-z]+$/.test(value);
