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
  readonly #keys: string[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): V | undefined {
    return this.#records.get(key);
  }

  set(key: string, record: V): void {
    const before = this.#records.get(key);
    this.#journal.note(() => {
      if (before === undefined) this.#drop(key);
      else this.#records.set(key, before);
    });
    if (before === undefined) this.#keys.splice(this.#place(key), 0, key);
    this.#records.set(key, record);
  }

  delete(key: string): void {
    const before = this.#records.get(key);
    if (before === undefined) return;
    this.#journal.note(() => {
      this.#keys.splice(this.#place(key), 0, key);
      this.#records.set(key, before);
    });
    this.#drop(key);
  }

  /** All records whose keys begin with `prefix`, in order. */
  below(prefix: string): V[] {
    const found: V[] = [];
    for (let at = this.#place(prefix); at < this.#keys.length; at += 1) {
      const key = this.#keys[at] ?? '';
      if (!key.startsWith(prefix)) break;
      const record = this.#records.get(key);
      if (record !== undefined) found.push(record);
    }
    return found;
  }

  /** All records, in order. */
  all(): V[] {
    return this.below('');
  }

  #drop(key: string): void {
    this.#records.delete(key);
    this.#keys.splice(this.#place(key), 1);
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
