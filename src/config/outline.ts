/** Lays a document out as plain settings, each remembered with the place where it stands. */
import type { BlockValue, Document, Entry, Value } from './document.ts';
import { dotted, pointerTo } from './pointer.ts';
import { originIn, type Problem } from './problem.ts';
import { KEYS } from './schema.ts';
import type { Key, Keys } from './schema/key.ts';

/** A document as ajv wants it, and the way back from a path in it to the text. */
export interface Outline {
  readonly settings: Readonly<Record<string, unknown>>;
  /** What stands at a JSON pointer (`/telemetry/prefix_filter/0`). */
  readonly spots: ReadonlyMap<string, Spot>;
  readonly problems: readonly Problem[];
}

/** A value, and where its key stands. */
export interface Spot {
  readonly value: Value;
  readonly keyOffset: number | undefined;
}

const ROOT: Keys = Object.fromEntries(KEYS);

/** The key as the schema spells it: the Go ESM reads keys in any case. */
const spelling = (key: string, keys: Keys | undefined): string => {
  const lower = key.toLowerCase();
  return keys !== undefined && Object.hasOwn(keys, lower) ? lower : key;
};

/** A word of a fixed list as the schema spells it. `ERR` is how Consul itself used to spell it. */
const spellWord = (text: string, words: readonly string[]): string => {
  const wanted = text.toLowerCase() === 'err' ? 'error' : text.toLowerCase();
  return words.find((word) => word.toLowerCase() === wanted) ?? text;
};

/** JSON has no blocks but lists of objects: where a block is due, a list of one is that one. */
const unwrap = (value: Value, key: Key | undefined): Value => {
  const [only, ...others] = value.type === 'list' ? value.items : [];
  return key?.type === 'object' && only?.type === 'block' && others.length === 0 ? only : value;
};

/** Empty strings and nulls count as not set, but for the values of a map, which are the user's own. */
const isUnset = (value: Value, keys: Keys | undefined): boolean =>
  keys !== undefined && value.type === 'scalar' && (value.value === '' || value.value === null);

/** Lays out a document, and tells which keys are given twice. */
export const outline = (document: Document): Outline => {
  const spots = new Map<string, Spot>();
  const problems: Problem[] = [];

  const toPlain = (value: Value, path: string, key: Key | undefined): unknown => {
    if (value.type === 'block')
      return blockToPlain(value, path, key && 'properties' in key ? key.properties : undefined);
    if (value.type === 'list')
      return value.items.map((item, index) => place(item, undefined, `${path}/${index}`, undefined));
    const words = key?.type === 'string' ? key.enum : undefined;
    return typeof value.value === 'string' && words ? spellWord(value.value, words) : value.value;
  };

  const place = (value: Value, keyOffset: number | undefined, path: string, key: Key | undefined): unknown => {
    spots.set(path, { value, keyOffset });
    return toPlain(value, path, key);
  };

  const reportTwice = (entry: Entry, path: string, firstOffset: number | undefined): void => {
    const first = originIn(document, firstOffset).place;
    const where = first === undefined ? '' : ` (first in line ${first.line})`;
    problems.push({
      origin: originIn(document, entry.offset),
      key: dotted(path),
      sentence: `found a second time${where}; allowed: once in a file`,
    });
  };

  const blockToPlain = (block: BlockValue, path: string, keys: Keys | undefined): Record<string, unknown> => {
    const plain: Record<string, unknown> = {};
    for (const entry of block.entries) {
      const name = spelling(entry.key, keys);
      const at = pointerTo(path, name);
      const earlier = spots.get(at);
      if (earlier !== undefined) {
        reportTwice(entry, at, earlier.keyOffset);
        continue;
      }
      const key = keys && Object.hasOwn(keys, name) ? keys[name] : undefined;
      const value = unwrap(entry.value, key);
      const settled = place(value, entry.offset, at, key);
      if (!isUnset(value, keys)) plain[name] = settled;
    }
    return plain;
  };

  return { settings: blockToPlain(document.root, '', ROOT), spots, problems };
};
