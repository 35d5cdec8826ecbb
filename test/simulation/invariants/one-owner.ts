/** Every external node is owned by exactly one live instance once things have been calm for the take-over bound. */
import { changesLists, isDone } from '../world/transaction.ts';
import { checkHost, type UserNode } from '../world/users.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** A new node is in a list well before that, and one that moves is left alone by who had it. */
const NEWS_MS = 2_000;

export const oneOwner = (world: World): Invariant => {
  const { ownership, targets, timeline } = world;
  let before = ownership.lists;
  /** Has it stood long enough for everyone to know it? */
  const isKnown = ({ editedAtMs }: UserNode): boolean => timeline.nowMs - editedAtMs >= NEWS_MS;

  const requireNoOther = ({ name, checks }: UserNode, owner: string, afterMs: number): void => {
    for (const checkId of checks.keys()) {
      for (const { by, sentAtMs } of targets.at(checkHost(name, checkId)).visits.values()) {
        if (sentAtMs > afterMs && world.serviceIdOf(by) !== owner)
          throw new Violation(`${name}/${checkId} is owned by ${owner} and run by ${by}`);
      }
    }
  };

  return {
    sentence: 'In calm every external node is owned, and its checks are run, by exactly one live instance.',
    beforeWrite(_, request) {
      if (changesLists(request)) before = ownership.lists;
    },
    /** A node is given before it is taken: the gap would be shorter than any look is likely to fall into. */
    afterWrite(exchange) {
      if (!world.isCalm || !changesLists(exchange.request) || !isDone(exchange)) return;
      const had = new Set([...before.values()].flat());
      for (const node of world.users.nodes.values())
        if (isKnown(node) && had.has(node.name) && ownership.ownersOf(node.name).length === 0)
          throw new Violation(`${exchange.from} takes ${node.name} and gives it to nobody`);
    },
    inspect() {
      if (!world.isCalm) return;
      const alive = new Set(world.running.map(({ serviceId }) => serviceId));
      for (const id of ownership.lists.keys()) if (!alive.has(id)) throw new Violation(`a list is left of ${id}`);
      for (const node of world.users.nodes.values()) {
        if (!isKnown(node)) continue;
        const [owner, ...others] = ownership.ownersOf(node.name);
        if (owner === undefined || others.length > 0)
          throw new Violation(`${node.name} is owned by: ${ownership.ownersOf(node.name).join(', ') || 'nobody'}`);
        requireNoOther(node, owner, Math.max(world.calmFromMs, ownership.sinceMs(node.name) + NEWS_MS));
      }
    },
  };
};
