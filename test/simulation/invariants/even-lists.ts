/** In calm the lists of all live instances differ by at most one node. */
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** A node that came or went is known to the lists well before that. */
const NEWS_MS = 2_000;

export const evenLists = (world: World): Invariant => ({
  sentence: 'In calm the lists of all live instances differ by at most one node.',
  inspect() {
    if (!world.isCalm || world.timeline.nowMs - world.users.changedAtMs < NEWS_MS) return;
    const { lists } = world.ownership;
    const sizes = world.running.map(({ serviceId }) => lists.get(serviceId)?.length ?? 0);
    if (Math.max(...sizes) - Math.min(...sizes) > 1) throw new Violation(`the lists hold ${sizes.join(', ')} nodes`);
  },
});
