/** Records by key, in order of their keys, with a way back: what a transaction that fails has done is undone. */

/** How to take back what was done since it was begun; undefined steps are not kept while nobody wants them. */
export class Journal {
  #steps: (() => void)[] = [];

  note(undo: () => void): void {
    this.#steps.push(undo);
  }

  /** What was done stays. */
  commit(): void {
    this.#steps = [];
  }

  /** Undoes all that was done since the last commit. */
  rollback(): void {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) step();
  }
}

/** Keys compare by UTF-16 code units, as Consul's compare by bytes: the same for ASCII. */
export class Table<V> {
  readonly #journal: Journal;
  readonly #records = new Map<string, V>();
  /** In order, with the records beside them. */
  readonly #keys: string[] = [];
  readonly #inOrder: V[] = [];
  /** What `all` gave last, until something changes. */
  #all: readonly V[] | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get(key: string): V | undefined {
    return this.#records.get(key);
  }

  set(key: string, record: V): void {
    const before = this.#records.get(key);
    this.#journal.note(() => {
      if (before === undefined) this.#drop(key);
      else this.#put(key, before);
    });
    this.#put(key, record);
  }

  delete(key: string): void {
    const before = this.#records.get(key);
    if (before === undefined) return;
    this.#journal.note(() => {
      this.#put(key, before);
    });
    this.#drop(key);
  }

  /** All records whose keys begin with `prefix`, in order. */
  below(prefix: string): readonly V[] {
    const start = this.#place(prefix);
    let end = start;
    while (this.#keys[end]?.startsWith(prefix) === true) end += 1;
    return this.#inOrder.slice(start, end);
  }

  /** All records, in order. */
  all(): readonly V[] {
    return (this.#all ??= this.#inOrder.slice());
  }

  #put(key: string, record: V): void {
    const place = this.#place(key);
    const isNew = !this.#records.has(key);
    if (isNew) this.#keys.splice(place, 0, key);
    this.#inOrder.splice(place, isNew ? 0 : 1, record);
    this.#records.set(key, record);
    this.#all = undefined;
  }

  #drop(key: string): void {
    const place = this.#place(key);
    this.#keys.splice(place, 1);
    this.#inOrder.splice(place, 1);
    this.#records.delete(key);
    this.#all = undefined;
  }

  /** Where the key stands, or would stand. */
  #place(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
