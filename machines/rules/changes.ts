/** What must be written so that the lists in KV say what the assignment says. */
import type { Assignment, Share } from '../model.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;

/** One list to write, or (`share` undefined) to remove. */
export interface ListChange {
  readonly serviceId: string;
  readonly share: Lists | undefined;
}

/** How an id that has a list stands in the catalog: with our tag, with another, or not at all. */
export type Registered = ReadonlyMap<string, 'peer' | 'stranger'>;

/** The lists in KV by service id; undefined: there is an entry, but it cannot be read. */
export type KnownLists = ReadonlyMap<string, Lists | undefined>;

/** The assignment in force: what the readable ones say. */
export const readableLists = (known: KnownLists): Assignment =>
  new Map([...known].filter((entry): entry is [string, Lists] => entry[1] !== undefined));

const EMPTY: Lists = { nodes: [], probes: [] };

const isSame = (a: readonly string[], b: readonly string[]): boolean => {
  const names = new Set(a);
  return names.size === new Set(b).size && b.every((name) => names.has(name));
};

/** Lists compare as sets: Go instances write them in another order. */
const isUnchanged = (share: Lists, known: Lists | undefined): boolean =>
  known !== undefined && isSame(share.nodes, known.nodes) && isSame(share.probes, known.probes);

/** Does the list take up a node that it did not hold? */
const isGrowing = (share: Lists, known: Lists = EMPTY): boolean => {
  const held = new Set([...known.nodes, ...known.probes]);
  return [...share.nodes, ...share.probes].some((name) => !held.has(name));
};

/** Lists of ids that get nothing: a sick peer's is emptied, so that it stops when it recovers; one of nobody is removed. */
function leftovers(target: Assignment, known: KnownLists, registered: Registered): ListChange[] {
  const ids = [...known.keys()].filter((id) => !target.has(id) && registered.get(id) !== 'stranger').sort();
  return ids
    .map((serviceId) => ({ serviceId, share: registered.has(serviceId) ? EMPTY : undefined }))
    .filter(({ serviceId, share }) => share === undefined || !isUnchanged(share, known.get(serviceId)));
}

/**
 * The changes from `known` to `target`, in the order to write them: lists that take up nodes, then those that only give
 * nodes away, then what is left of instances that are gone. So a node is in two lists for a moment, and never in none.
 */
export function listChanges(target: Assignment, known: KnownLists, registered: Registered): ListChange[] {
  const changed = [...target]
    .filter(([id, share]) => !known.has(id) || !isUnchanged(share, known.get(id)))
    .map(([serviceId, share]) => ({ serviceId, share }));
  return [
    ...changed.filter(({ serviceId, share }) => isGrowing(share, known.get(serviceId))),
    ...changed.filter(({ serviceId, share }) => !isGrowing(share, known.get(serviceId))),
    ...leftovers(target, known, registered),
  ];
}
