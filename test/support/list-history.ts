/** The lists of a fleet as they follow one another: a node that moves and comes back is not to be seen before and after. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import { ownersIn, readLists, type Lists } from './shares.ts';

export interface ListHistory extends AsyncDisposable {
  /** Nodes that were in the list of another instance than their first at any time, with all that had them. */
  moves(): readonly string[];
}

/** Short, for nothing ends a read that waits. */
const LOOK_MS = 25;

/** Reads the lists again and again until disposed of; a Consul that does not answer is asked again. */
export async function followLists(fleet: Fleet): Promise<ListHistory> {
  const owners = new Map<string, Set<string>>();
  const note = (lists: Lists): void => {
    for (const [node, ids] of ownersIn(lists)) owners.set(node, new Set([...(owners.get(node) ?? []), ...ids]));
  };
  note(await readLists(fleet));
  let isOver = false;
  const follow = async (): Promise<void> => {
    while (!isOver) {
      await readLists(fleet).then(note, () => undefined);
      await pause(LOOK_MS);
    }
  };
  const following = follow();
  return {
    moves: () => [...owners].filter(([, ids]) => ids.size > 1).map(([node, ids]) => `${node}: ${[...ids].join(', ')}`),
    async [Symbol.asyncDispose]() {
      isOver = true;
      await following;
    },
  };
}
