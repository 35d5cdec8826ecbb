/** No actor in error, no error in the log. */
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

export const noTrouble = (world: World): Invariant => ({
  sentence: 'No actor is in error.',
  inspect() {
    if (world.troubles.length > 0) throw new Violation(world.troubles.join('\n'));
  },
});
