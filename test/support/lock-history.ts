/** The lock and the lists of a fleet as they followed one another, in the order in which Consul's servers took the writes. */
import { follow } from './follow.ts';
import type { Fleet } from './fleet.ts';
import { parseLists } from './shares.ts';

export interface LockHistory extends AsyncDisposable {
  /** Lists that were written while nobody held the lock, as far as looks from without can tell. */
  unlocked(): readonly string[];
  /** Was the node in the list of that instance when Consul took the write of that index? */
  isOwner(instanceId: string, node: string, index: number): boolean;
}

interface KvEntry {
  readonly Key: string;
  readonly ModifyIndex: number;
  readonly Session?: string;
}

/** Follows the fleet's folder from now on; `fleet` gives the view of a server whose link is whole. */
export function followLock(fleet: () => Fleet): LockHistory {
  const { name } = fleet();
  /** Who held the lock from which index on, and what each list held. */
  const holders = new Map<number, string | undefined>();
  const lists = new Map<string, Map<number, readonly string[]>>();
  /** Whoever wrote what stood there at first may have lost the lock since. */
  let firstIndex: number | undefined;
  const following = follow(
    // safe: what /v1/kv answers
    async () => (await fleet().consul.get(`/kv/${name}/?recurse&consistent`)) as readonly KvEntry[],
    (entries) => {
      firstIndex ??= Math.max(...entries.map(({ ModifyIndex }) => ModifyIndex));
      const lock = entries.find(({ Key }) => Key === `${name}/leader`);
      if (lock !== undefined) holders.set(lock.ModifyIndex, lock.Session);
      const seen = parseLists(
        name,
        entries.filter(({ Key }) => Key.startsWith(`${name}/agents/`)),
      );
      for (const [id, { modifyIndex, nodes }] of seen) {
        lists.set(id, (lists.get(id) ?? new Map<number, readonly string[]>()).set(modifyIndex, nodes));
      }
    },
  );
  return {
    unlocked: () =>
      [...lists].flatMap(([id, versions]) =>
        [...versions.keys()]
          .filter((index) => index > (firstIndex ?? 0) && valueAt(holders, index) === undefined)
          .map((index) => `${id} at ${index}`),
      ),
    isOwner: (instanceId, node, index) =>
      valueAt(lists.get(instanceId) ?? new Map<number, string[]>(), index)?.includes(node) ?? false,
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

/** What was in force when Consul took the write of `index`. */
const valueAt = <T>(versions: ReadonlyMap<number, T>, index: number): T | undefined =>
  versions.get(Math.max(...[...versions.keys()].filter((since) => since < index)));
