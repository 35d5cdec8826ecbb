/** Whom the nodes are shared out to: the healthy instances, and for a while those that only seem gone. */
import type { KnownLists, Registered } from './changes.ts';

/**
 * How long an instance that is registered and not passing keeps its nodes. When Consul's agent comes back, every instance is
 * critical until its next beat, some 1 s later; a check that flaps is mended as soon. A killed instance is critical 15 s after
 * its last beat: with the lock delay and this its nodes have a new owner well within the 25 s of behaviour.md section 6.
 */
export const GRACE_MS = 3_000;

/** Since when each peer was seen not passing, by service id: dropped or not, it is not to have a second grace. */
export type MissingSince = ReadonlyMap<string, number>;

/** What the leader sees of the fleet at `atMs`. */
export interface Sighting {
  /** Own service id. */
  readonly serviceId: string;
  /** Service ids of the healthy instances. */
  readonly passing: readonly string[];
  readonly registered: Registered;
  readonly lists: KnownLists;
  readonly missingSince: MissingSince;
  readonly atMs: number;
}

export interface Membership {
  /** Whom to share out to; never empty. */
  readonly members: readonly string[];
  readonly missingSince: MissingSince;
  /** Time until the first of those in doubt is given up; undefined: nobody is in doubt. */
  readonly graceLeftMs: number | undefined;
}

/** The record without those that pass: who fails again later has its grace anew. */
export const stillMissing = (missingSince: MissingSince, passing: readonly string[]): MissingSince =>
  new Map([...missingSince].filter(([id]) => !passing.includes(id)));

/** A clock that was set back must not lengthen a grace, so no time lies ahead of now. */
const recordMissing = ({ passing, registered, missingSince, atMs }: Sighting): MissingSince => {
  const peers = [...registered].filter(([, kind]) => kind === 'peer');
  return stillMissing(new Map(peers.map(([id]) => [id, Math.min(missingSince.get(id) ?? atMs, atMs)])), passing);
};

const holdsNodes = (lists: KnownLists, id: string): boolean => {
  const list = lists.get(id);
  return list !== undefined && list.nodes.length + list.probes.length > 0;
};

/**
 * The healthy instances, and each peer in doubt: registered, with nodes, and not missing for {@link GRACE_MS} yet. It is a full
 * member, for most doubts are over in a second: to deal round it would move nodes twice. An instance that is not registered
 * is no member at once. Where nobody else is, the leader does it all, for somebody must.
 */
export function membershipOf(sighting: Sighting): Membership {
  const missingSince = recordMissing(sighting);
  const doubts = [...missingSince]
    .map(([id, sinceMs]) => ({ id, leftMs: sinceMs + GRACE_MS - sighting.atMs }))
    .filter(({ id, leftMs }) => leftMs > 0 && holdsNodes(sighting.lists, id));
  const members = [...sighting.passing, ...doubts.map(({ id }) => id)];
  return {
    members: members.length > 0 ? members : [sighting.serviceId],
    missingSince,
    graceLeftMs: doubts.length > 0 ? Math.min(...doubts.map(({ leftMs }) => leftMs)) : undefined,
  };
}
