/** A node dies, and returns, is removed, or is replaced; Consul or the daemon may be away meanwhile. */
import { setup } from 'xstate';

type NodeAwayEvent =
  | { type: 'node.died' }
  | { type: 'node.returned' }
  | { type: 'node.registered' }
  | { type: 'node.replaced' }
  | { type: 'time.ran' }
  | { type: 'consul.wentDown' }
  | { type: 'consul.returned' }
  | { type: 'daemon.restarted' };

export const nodeAwayModel = setup({ types: { events: {} as NodeAwayEvent } }).createMachine({
  id: 'nodeAway',
  description: 'What becomes of a node that does not answer its pings.',
  initial: 'alive',
  states: {
    alive: {
      description: 'The node answers, and the catalog says so.',
      on: { 'node.died': 'suspect', 'daemon.restarted': 'alive', 'node.replaced': 'alive' },
    },
    suspect: {
      description: 'The node is dead, and KV tells since when.',
      on: {
        'node.returned': 'alive',
        'node.replaced': 'suspect',
        'daemon.restarted': 'suspect',
        'consul.wentDown': 'suspectApart',
        'time.ran': 'reaped',
      },
    },
    suspectApart: {
      description: 'Consul is away: the time of the node runs on.',
      on: { 'consul.returned': 'suspect', 'node.returned': 'backApart', 'time.ran': 'overdueApart' },
    },
    overdueApart: {
      description: 'The time is up, and Consul is not there to take the removal.',
      on: { 'consul.returned': 'reaped', 'node.returned': 'backApart' },
    },
    backApart: {
      description: 'The node is back, and Consul does not know yet.',
      on: { 'consul.returned': 'alive', 'node.died': 'suspectApart' },
    },
    reaped: {
      description: 'The node is gone from the catalog, and its time from KV; it is never made anew.',
      on: { 'node.registered': 'alive', 'daemon.restarted': 'reaped' },
    },
  },
});
