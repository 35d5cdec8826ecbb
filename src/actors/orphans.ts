/** The children of a chart that has thrown: XState leaves them running, with their timers and watches. */
import type { EventObject, Snapshot } from 'xstate';

/** What XState sends to an actor that is stopped; sent to a child here, which has no public `stop`. */
const STOP: EventObject = { type: 'xstate.stop' };

interface Child {
  send(event: EventObject): void;
}

/** A machine's snapshot has children, any other actor's has none. */
const childrenOf = (snapshot: Snapshot<unknown>): readonly (Child | undefined)[] =>
  'children' in snapshot ? Object.values(snapshot.children as Record<string, Child | undefined>) : []; // safe: XState's own field

/** Stops all children of the actor whose last snapshot this is, and with each all that is beneath it. */
export const stopOrphans = (snapshot: Snapshot<unknown>): void => {
  for (const child of childrenOf(snapshot)) child?.send(STOP);
};
