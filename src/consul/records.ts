/** The mirror of the catalog as last read: where a compare-and-set takes its indexes from. */
import type { CheckKey, CheckRecord, ExternalNode } from '../../machines/model.ts';

export interface Records {
  /** A check as last read or written; undefined: never seen, or gone. */
  get(key: CheckKey): CheckRecord | undefined;
  /** How many of the checks are such. */
  count(isSuch: (check: CheckRecord) => boolean): number;
  /** Takes a check in, unless what is known of it is newer. */
  learn(record: CheckRecord): void;
  forget(key: CheckKey): void;
  node(name: string): ExternalNode | undefined;
  learnNode(node: ExternalNode): void;
  forgetNode(name: string): void;
  /**
   * Takes in a whole list, read at `index`: what is missing from it is forgotten, unless it was learned at a later index.
   * Returns the list as it is now known, so that an answer overtaken by a write is never seen to take it back. `lastIndex` is
   * that of the same watch's answer before: a lower index than that means that Consul lost its state. One that is merely
   * lower than that of another watch is old: it is returned, and changes nothing.
   */
  replace(records: readonly CheckRecord[], index: number, lastIndex: number): readonly CheckRecord[];
  /**
   * Takes in what a list, read at `index`, says beyond the one before, of which every record was taken in. Returns what that
   * changes in what is known: neither goes back behind what was learned at a later index.
   */
  change(changed: readonly CheckRecord[], gone: readonly CheckKey[], index: number): Change;
  replaceNodes(nodes: readonly ExternalNode[], index: number, lastIndex: number): readonly ExternalNode[];
  /** ModifyIndex of a KV entry as last read or written; undefined: not known. */
  kvIndex(key: string): number | undefined;
  learnKv(key: string, modifyIndex: number): void;
  forgetKv(key: string): void;
}

/** What has changed in the mirror. */
export interface Change {
  readonly changed: readonly CheckRecord[];
  readonly gone: readonly CheckKey[];
}

interface Indexed {
  readonly modifyIndex: number;
}

export function createRecords(): Records {
  const checks = new Mirror<CheckKey, CheckRecord>(({ key }) => key);
  const nodes = new Mirror<string, ExternalNode>(({ name }) => name);
  const entries = new Map<string, number>();
  return {
    get: (key) => checks.get(key),
    count: (isSuch) => checks.count(isSuch),
    learn: (record) => {
      checks.learn(record);
    },
    forget: (key) => {
      checks.forget(key);
    },
    node: (name) => nodes.get(name),
    learnNode: (node) => {
      nodes.learn(node);
    },
    forgetNode: (name) => {
      nodes.forget(name);
    },
    replace: (records, index, lastIndex) => checks.replace(records, index, lastIndex),
    change: (changed, gone, index) => checks.change(changed, gone, index),
    replaceNodes: (list, index, lastIndex) => nodes.replace(list, index, lastIndex),
    kvIndex: (key) => entries.get(key),
    learnKv: (key, modifyIndex) => void entries.set(key, modifyIndex),
    forgetKv: (key) => void entries.delete(key),
  };
}

class Mirror<Key, Item extends Indexed> {
  readonly #keyOf: (item: Item) => Key;
  #items = new Map<Key, Item>();
  /** What was learned and has not stood in a list yet: no list will tell that it is gone. */
  readonly #unlisted = new Set<Key>();
  /** What stands in the list and was forgotten all the same: the list will not tell it anew unless it changes. */
  readonly #struck = new Set<Key>();
  #index = 0;

  constructor(keyOf: (item: Item) => Key) {
    this.#keyOf = keyOf;
  }

  get(key: Key): Item | undefined {
    return this.#items.get(key);
  }

  count(isSuch: (item: Item) => boolean): number {
    let count = 0;
    for (const item of this.#items.values()) if (isSuch(item)) count += 1;
    return count;
  }

  learn(item: Item): void {
    const key = this.#keyOf(item);
    const known = this.#items.get(key);
    if (known === undefined && !this.#struck.delete(key)) this.#unlisted.add(key);
    if (known === undefined || known.modifyIndex <= item.modifyIndex) this.#items.set(key, item);
  }

  forget(key: Key): void {
    if (this.#items.delete(key) && !this.#unlisted.delete(key)) this.#struck.add(key);
  }

  change(changed: readonly Item[], gone: readonly Key[], index: number): { changed: Item[]; gone: Key[] } {
    if (index < this.#index) return { changed: [...changed], gone: [...gone] };
    this.#index = index;
    for (const item of changed) this.#list(this.#keyOf(item));
    for (const key of gone) this.#unlisted.add(key);
    const removed = [...this.#unlisted].filter((key) => (this.#items.get(key)?.modifyIndex ?? 0) <= index);
    for (const key of removed) {
      this.#list(key);
      this.#items.delete(key);
    }
    return { changed: changed.map((item) => this.#adopt(item, index)), gone: removed };
  }

  #list(key: Key): void {
    this.#unlisted.delete(key);
    this.#struck.delete(key);
  }

  /** A list that a write has overtaken tells of the past. */
  #adopt(item: Item, index: number): Item {
    const key = this.#keyOf(item);
    const known = this.#items.get(key);
    if (known !== undefined && known.modifyIndex > index && known.modifyIndex >= item.modifyIndex) return known;
    this.#items.set(key, item);
    return item;
  }

  replace(items: readonly Item[], index: number, lastIndex: number): readonly Item[] {
    const old = this.#items;
    const isReset = index < lastIndex; // Consul lost its state: indexes of before mean nothing any more
    // A leader watches the nodes twice. The slower answer was taken for a reset, and a node just replaced for its predecessor.
    if (!isReset && index < this.#index) return items;
    this.#items = new Map(items.map((item) => [this.#keyOf(item), item]));
    this.#index = index;
    this.#unlisted.clear();
    this.#struck.clear();
    if (isReset) return items;
    for (const item of old.values()) if (item.modifyIndex > index) this.learn(item);
    return [...this.#items.values()];
  }
}
