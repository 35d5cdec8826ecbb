/** The lists of a fleet as they follow one another: a node that moves and comes back is not to be seen before and after. */
import { follow } from './follow.ts';
import type { Fleet } from './fleet.ts';
import { ownersIn, readLists, type Lists } from './shares.ts';

export interface ListHistory extends AsyncDisposable {
  /** Nodes that were in the list of another instance than their first at any time, with all that had them. */
  moves(): readonly string[];
}

/** Reads the lists again and again until disposed of; a Consul that does not answer is asked again. */
export async function followLists(fleet: Fleet): Promise<ListHistory> {
  const owners = new Map<string, Set<string>>();
  const note = (lists: Lists): void => {
    for (const [node, ids] of ownersIn(lists)) owners.set(node, new Set([...(owners.get(node) ?? []), ...ids]));
  };
  note(await readLists(fleet));
  const following = follow(() => readLists(fleet), note);
  return {
    moves: () => [...owners].filter(([, ids]) => ids.size > 1).map(([node, ids]) => `${node}: ${[...ids].join(', ')}`),
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}
