/** Consul goes and comes back while a target fails and recovers: what the catalog says, and what it will. */
import { setup } from 'xstate';

type OutageEvent =
  | { type: 'consul.wentDown' }
  | { type: 'consul.returned' }
  | { type: 'consul.blinked' }
  | { type: 'target.failed' }
  | { type: 'target.recovered' }
  | { type: 'daemon.died' };

export const outageModel = setup({ types: { events: {} as OutageEvent } }).createMachine({
  id: 'outage',
  description: 'What the catalog says of a target whose Consul goes away now and then.',
  initial: 'passing',
  states: {
    passing: {
      description: 'Consul answers, and the catalog says that the target is well.',
      on: { 'consul.wentDown': 'apart', 'consul.blinked': 'passing', 'target.failed': 'critical' },
    },
    critical: {
      description: 'Consul answers, and the catalog says that the target fails.',
      on: { 'consul.wentDown': 'apartFailing', 'consul.blinked': 'critical', 'target.recovered': 'passing' },
    },
    apart: {
      description: 'Consul is away; what the catalog says is true.',
      on: { 'consul.returned': 'passing', 'target.failed': 'owingCritical', 'daemon.died': 'blind' },
    },
    owingCritical: {
      description: 'Consul is away, the target fails, and the catalog does not know.',
      on: { 'consul.returned': 'critical', 'target.recovered': 'apart', 'daemon.died': 'blindToFailure' },
    },
    apartFailing: {
      description: 'Consul is away; the catalog says that the target fails, and so it does.',
      on: { 'consul.returned': 'critical', 'target.recovered': 'owingPassing' },
    },
    owingPassing: {
      description: 'Consul is away, the target has recovered, and the catalog does not know.',
      on: { 'consul.returned': 'passing', 'target.failed': 'apartFailing' },
    },
    blind: {
      description: 'The daemon was started without a Consul: it knows of no check.',
      on: { 'consul.returned': 'passing', 'target.failed': 'blindToFailure' },
    },
    blindToFailure: {
      description: 'Nobody sees that the target fails.',
      on: { 'consul.returned': 'critical', 'target.recovered': 'blind' },
    },
  },
});
