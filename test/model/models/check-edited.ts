/** A check is edited while it fails, and its service is on its way out. */
import { setup } from 'xstate';

type CheckEditedEvent =
  | { type: 'target.failed' }
  | { type: 'target.recovered' }
  | { type: 'notes.edited' }
  | { type: 'kind.edited' }
  | { type: 'status.setPassing' }
  | { type: 'status.setCritical' }
  | { type: 'deadline.shortened' }
  | { type: 'deadline.dropped' }
  | { type: 'deadline.restored' }
  | { type: 'deadline.passed' }
  | { type: 'service.registered' };

export const checkEditedModel = setup({ types: { events: {} as CheckEditedEvent } }).createMachine({
  id: 'checkEdited',
  description: 'A check whose service is removed when it fails for too long, and that people edit.',
  initial: 'passing',
  states: {
    passing: {
      description: 'The catalog says passing; no clock runs.',
      on: {
        'target.failed': 'critical',
        'notes.edited': 'passing',
        'kind.edited': 'passing',
        'status.setCritical': 'passing',
      },
    },
    critical: {
      description: 'The catalog says critical, and KV tells since when.',
      on: {
        'target.recovered': 'passing',
        'notes.edited': 'critical',
        'kind.edited': 'critical',
        'status.setPassing': 'critical',
        'deadline.shortened': 'hurried',
        'deadline.dropped': 'endless',
        'deadline.passed': 'removed',
      },
    },
    hurried: {
      description: 'The catalog says critical, and the deadline has come closer.',
      on: {
        'target.recovered': 'passing',
        'notes.edited': 'hurried',
        'deadline.dropped': 'endless',
        'deadline.restored': 'critical',
        'deadline.passed': 'removed',
      },
    },
    endless: {
      description: 'The catalog says critical, and there is no deadline.',
      on: { 'deadline.passed': 'endless', 'deadline.restored': 'critical', 'target.recovered': 'passing' },
    },
    removed: {
      description: 'The service is gone with its checks and its clock; the node stays.',
      on: { 'service.registered': 'critical' },
    },
  },
});
