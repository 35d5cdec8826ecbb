/** Instances join, leave and die. */
import { setup } from 'xstate';

type MembershipEvent =
  | { type: 'instance.joined' }
  | { type: 'leader.left' }
  | { type: 'follower.left' }
  | { type: 'leader.died' }
  | { type: 'follower.died' }
  | { type: 'all.left' };

export const membershipModel = setup({ types: { events: {} as MembershipEvent } }).createMachine({
  id: 'membership',
  description: 'How many instances share the nodes.',
  initial: 'none',
  states: {
    none: {
      description: 'Nobody runs, and nobody asks any target.',
      on: { 'instance.joined': 'one' },
    },
    one: {
      description: 'One instance leads itself, and has all nodes.',
      on: { 'instance.joined': 'two', 'leader.left': 'none', 'leader.died': 'none' },
    },
    two: {
      description: 'Two instances share all nodes.',
      on: {
        'instance.joined': 'three',
        'leader.left': 'one',
        'follower.left': 'one',
        'leader.died': 'one',
        'follower.died': 'one',
        'all.left': 'none',
      },
    },
    three: {
      description: 'Three instances share all nodes.',
      on: {
        'leader.left': 'two',
        'follower.left': 'two',
        'leader.died': 'two',
        'follower.died': 'two',
        'all.left': 'none',
      },
    },
  },
});
