/** The network falls apart, or the leader stands still: two might think that they lead. */
import { setup } from 'xstate';

type SplitEvent =
  | { type: 'leader.cutOff' }
  | { type: 'follower.cutOff' }
  /** The follower is cut off as it reports a failure, which is over when the report arrives. */
  | { type: 'report.stuck' }
  | { type: 'leader.frozen' }
  | { type: 'leader.thawed' }
  | { type: 'network.healed' };

export const splitLeadershipModel = setup({ types: { events: {} as SplitEvent } }).createMachine({
  id: 'splitLeadership',
  description: 'Two instances, and who of them leads while they cannot reach Consul.',
  initial: 'together',
  states: {
    together: {
      description: 'Both reach Consul: one leads, and each has its share.',
      on: {
        'leader.cutOff': 'leaderAway',
        'follower.cutOff': 'followerAway',
        'report.stuck': 'reportAway',
        'leader.frozen': 'leaderFrozen',
      },
    },
    leaderAway: {
      description: 'The leader is cut off: it leads no more, and the other one has taken over all.',
      on: { 'network.healed': 'together', 'leader.cutOff': 'allAway' },
    },
    followerAway: {
      description: 'The follower is cut off: the leader leads on, and has taken over all.',
      on: { 'network.healed': 'together', 'leader.cutOff': 'allAway', 'leader.frozen': 'noneAble' },
    },
    reportAway: {
      description: "The follower is cut off, and what it reported last will arrive when its node is another one's.",
      on: { 'network.healed': 'together' },
    },
    leaderFrozen: {
      description: 'The leader stands still, and does not know that it leads no more; the other one does.',
      on: { 'leader.thawed': 'together', 'leader.cutOff': 'noneAble' },
    },
    allAway: {
      description: 'Both are cut off: nobody leads, and both go on with what they have.',
      on: { 'network.healed': 'together' },
    },
    noneAble: {
      description: 'One is cut off and the other stands still: nobody leads.',
      on: { 'network.healed': 'leaderFrozen', 'leader.thawed': 'followerAway' },
    },
  },
});
