/** Whose each node is by the lists in KV, and since when: nodes move as others come and go, in calm too. */
import type { ConsulServer } from './consul-server.ts';
import { type List, lists } from './kv.ts';
import type { Timeline } from './timeline.ts';

export class Ownership {
  readonly #timeline: Timeline;
  readonly #since = new Map<string, { readonly owners: string; readonly sinceMs: number }>();
  /** When each list was last written, by service id. */
  #written: ReadonlyMap<string, { readonly modifyIndex: number; readonly atMs: number }> = new Map();
  #lists: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(timeline: Timeline, server: ConsulServer) {
    this.#timeline = timeline;
    server.observeLists(() => {
      this.#read(lists(server));
    });
  }

  /** All nodes of each list, by service id. */
  get lists(): ReadonlyMap<string, readonly string[]> {
    return this.#lists;
  }

  /** The instances whose lists hold the node. */
  ownersOf(node: string): readonly string[] {
    return [...this.#lists].filter(([, names]) => names.includes(node)).map(([id]) => id);
  }

  /** Since when its owners are those it has. */
  sinceMs(node: string): number {
    return this.#since.get(node)?.sinceMs ?? 0;
  }

  /** When a list that holds the node was last written, for whatever node's sake: what is fenced by the one before fails. */
  writtenMs(node: string): number {
    return Math.max(...this.ownersOf(node).map((id) => this.#written.get(id)?.atMs ?? -Infinity));
  }

  #read(next: ReadonlyMap<string, List>): void {
    const before = this.#lists;
    this.#lists = new Map([...next].map(([id, { nodes }]) => [id, nodes]));
    this.#written = new Map([...next].map(([id, { modifyIndex }]) => [id, this.#writing(id, modifyIndex)]));
    const names = new Set([...before.values(), ...this.#lists.values()].flat());
    for (const name of names) {
      const owners = this.ownersOf(name).join();
      if (this.#since.get(name)?.owners !== owners) this.#since.set(name, { owners, sinceMs: this.#timeline.nowMs });
    }
  }
  #writing(id: string, modifyIndex: number): { readonly modifyIndex: number; readonly atMs: number } {
    const known = this.#written.get(id);
    return known?.modifyIndex === modifyIndex ? known : { modifyIndex, atMs: this.#timeline.nowMs };
  }
}
