/** All invariants, in the order in which they look at a write. */
import type { World } from '../world/world.ts';
import { bounds } from './bounds.ts';
import { earlyStatus } from './early-status.ts';
import { evenLists } from './even-lists.ts';
import type { Invariant } from './invariant.ts';
import { noTrouble } from './no-trouble.ts';
import { oneLeader } from './one-leader.ts';
import { oneOwner } from './one-owner.ts';
import { ownNodes } from './own-nodes.ts';
import { removals } from './removals.ts';
import { steadyStatus } from './steady-status.ts';
import { userData } from './user-data.ts';

/** Removals come before what they are the cause of. */
export const invariantsOf = (world: World): readonly Invariant[] =>
  [
    ...[noTrouble, oneLeader, ownNodes, removals, userData],
    ...[earlyStatus, oneOwner, evenLists, steadyStatus, bounds],
  ].map((make) => make(world));
