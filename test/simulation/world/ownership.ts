/** Whose each node is by the lists in KV, and since when: nodes move as others come and go, in calm too. */
import type { ConsulServer } from './consul-server.ts';
import { lists } from './kv.ts';
import type { Timeline } from './timeline.ts';

export class Ownership {
  readonly #timeline: Timeline;
  readonly #since = new Map<string, { readonly owners: string; readonly sinceMs: number }>();
  /** Since when each instance has a list. */
  readonly #listSince = new Map<string, number>();
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

  /** Since when the instance has a list; undefined: it has none. */
  listSinceMs(serviceId: string): number | undefined {
    return this.#listSince.get(serviceId);
  }

  #read(next: ReadonlyMap<string, readonly string[]>): void {
    const names = new Set([...this.#lists.values(), ...next.values()].flat());
    for (const id of this.#lists.keys()) if (!next.has(id)) this.#listSince.delete(id);
    for (const id of next.keys()) if (!this.#lists.has(id)) this.#listSince.set(id, this.#timeline.nowMs);
    this.#lists = next;
    for (const name of names) {
      const owners = this.ownersOf(name).join();
      if (this.#since.get(name)?.owners !== owners) this.#since.set(name, { owners, sinceMs: this.#timeline.nowMs });
    }
  }
}
