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
interface Spot {
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

/** An outline in the making. */
interface Draft {
  readonly document: Document;
  readonly spots: Map<string, Spot>;
  readonly problems: Problem[];
}

const reportTwice = ({ document, problems }: Draft, entry: Entry, path: string, first: Spot): void => {
  const line = originIn(document, first.keyOffset).place?.line;
  problems.push({
    origin: originIn(document, entry.offset),
    key: dotted(path),
    sentence: `found a second time${line === undefined ? '' : ` (first in line ${line})`}; allowed: once in a file`,
  });
};

const toPlain = (draft: Draft, spot: Spot, path: string, key: Key | undefined): unknown => {
  draft.spots.set(path, spot);
  const { value } = spot;
  if (value.type === 'block')
    return blockToPlain(draft, value, path, key && 'properties' in key ? key.properties : undefined);
  if (value.type === 'list') {
    return value.items.map((item, index) =>
      toPlain(draft, { value: item, keyOffset: undefined }, `${path}/${index}`, undefined),
    );
  }
  const words = key?.type === 'string' ? key.enum : undefined;
  return typeof value.value === 'string' && words ? spellWord(value.value, words) : value.value;
};

/** Of a key given twice the first value is kept, so that what is wrong with it is told too. */
const blockToPlain = (
  draft: Draft,
  block: BlockValue,
  path: string,
  keys: Keys | undefined,
): Record<string, unknown> => {
  const plain: [string, unknown][] = [];
  for (const entry of block.entries) {
    const name = spelling(entry.key, keys);
    const at = pointerTo(path, name);
    const first = draft.spots.get(at);
    if (first !== undefined) {
      reportTwice(draft, entry, at, first);
      continue;
    }
    const key = keys && Object.hasOwn(keys, name) ? keys[name] : undefined;
    const value = unwrap(entry.value, key);
    const settled = toPlain(draft, { value, keyOffset: entry.offset }, at, key);
    if (!isUnset(value, keys)) plain.push([name, settled]);
  }
  return Object.fromEntries(plain); // an assignment to `__proto__` would go unseen
};

/** Lays out a document, and tells which keys are given twice. */
export const outline = (document: Document): Outline => {
  const draft: Draft = { document, spots: new Map(), problems: [] };
  return { ...draft, settings: blockToPlain(draft, document.root, '', ROOT) };
};
