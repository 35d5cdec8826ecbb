/** Every external node is owned by exactly one live instance once things have been calm for the take-over bound. */
import { lists } from '../world/kv.ts';
import { checkHost } from '../world/users.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** A new node is in a list well before that. */
const NEWS_MS = 2_000;

export const oneOwner = (world: World): Invariant => ({
  sentence: 'In calm every external node is owned, and its checks are run, by exactly one live instance.',
  inspect() {
    if (!world.isCalm) return;
    const shares = lists(world.server);
    const alive = new Map(world.running.map((instance) => [instance.serviceId, instance]));
    for (const id of shares.keys()) if (!alive.has(id)) throw new Violation(`a list is left of ${id}`);
    for (const { name, editedAtMs, checks } of world.users.nodes.values()) {
      if (world.timeline.nowMs - editedAtMs < NEWS_MS) continue;
      const owners = [...shares].filter(([, names]) => names.includes(name)).map(([id]) => id);
      if (owners.length !== 1) throw new Violation(`${name} is owned by: ${owners.join(', ') || 'nobody'}`);
      for (const checkId of checks.keys()) {
        for (const { by, sentAtMs } of world.targets.at(checkHost(name, checkId)).visits.values()) {
          if (sentAtMs > world.calmFromMs && world.serviceIdOf(by) !== owners[0])
            throw new Violation(`${name}/${checkId} is owned by ${owners[0] ?? ''} and run by ${by}`);
        }
      }
    }
  },
});
