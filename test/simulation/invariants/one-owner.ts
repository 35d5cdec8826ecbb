/** Every external node is owned by exactly one live instance once things have been calm for the take-over bound. */
import { lists } from '../world/kv.ts';
import { checkHost, type UserNode } from '../world/users.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** A new node is in a list well before that, and one that moves is left alone by who had it. */
const NEWS_MS = 2_000;

export const oneOwner = (world: World): Invariant => {
  /** Nodes move in calm too: lists stay even as nodes come and go. */
  const owned = new Map<string, { readonly owner: string; readonly sinceMs: number }>();

  const ownerOf = (node: UserNode, shares: ReadonlyMap<string, readonly string[]>): string => {
    const [owner = '', ...others] = [...shares].filter(([, names]) => names.includes(node.name)).map(([id]) => id);
    if (owner !== '' && others.length === 0) return owner;
    throw new Violation(`${node.name} is owned by: ${[owner, ...others].join(', ') || 'nobody'}`);
  };

  const requireNoOther = ({ name, checks }: UserNode, owner: string, afterMs: number): void => {
    for (const checkId of checks.keys()) {
      for (const { by, sentAtMs } of world.targets.at(checkHost(name, checkId)).visits.values()) {
        if (sentAtMs > afterMs && world.serviceIdOf(by) !== owner)
          throw new Violation(`${name}/${checkId} is owned by ${owner} and run by ${by}`);
      }
    }
  };

  return {
    sentence: 'In calm every external node is owned, and its checks are run, by exactly one live instance.',
    inspect() {
      if (!world.isCalm) {
        owned.clear();
        return;
      }
      const shares = lists(world.server);
      const alive = new Set(world.running.map(({ serviceId }) => serviceId));
      for (const id of shares.keys()) if (!alive.has(id)) throw new Violation(`a list is left of ${id}`);
      const { nowMs } = world.timeline;
      for (const node of world.users.nodes.values()) {
        if (nowMs - node.editedAtMs < NEWS_MS) continue;
        const owner = ownerOf(node, shares);
        const before = owned.get(node.name);
        if (before?.owner !== owner) owned.set(node.name, { owner, sinceMs: nowMs });
        else requireNoOther(node, owner, before.sinceMs + NEWS_MS);
      }
    },
  };
};
