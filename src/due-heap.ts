/** A binary heap of things that fall due, from which any of them can be taken out. */

/** What can lie in a {@link DueHeap}. */
export interface Due {
  /** Must not change while the thing lies in the heap. */
  dueMs: number;
  /** Decides between things due at the same time: lower first. */
  readonly order: number;
  /** The heap's own note of where the thing lies; -1: nowhere. */
  heapIndex: number;
}

const isBefore = (a: Due, b: Due): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

/** Earliest first. Every operation but `first` costs the logarithm of the size. */
export class DueHeap<T extends Due> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** What falls due next. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Takes an item out; nothing happens when it does not lie here. */
  remove(item: T): void {
    const { heapIndex } = item;
    if (this.#items[heapIndex] !== item) return;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#sink(last, heapIndex);
    this.#rise(last, last.heapIndex);
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #rise(item: T, start: number): void {
    let index = start;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#items[above];
      if (parent === undefined || !isBefore(item, parent)) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(item, index);
  }

  #sink(item: T, start: number): void {
    let index = start;
    for (;;) {
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, item)) break;
      const below = child.heapIndex;
      this.#place(child, index);
      index = below;
    }
    this.#place(item, index);
  }
}
