/** While a status is on its way to the catalog, somebody changes what it stands on. */
import { setup } from 'xstate';

type WriteConflictEvent =
  | { type: 'status.metNotes' }
  | { type: 'status.metStatus' }
  | { type: 'status.metReplacement' }
  | { type: 'status.metRemoval' }
  | { type: 'status.metSilence' }
  | { type: 'status.metRefusal' }
  | { type: 'check.registered' };

export const writeConflictModel = setup({ types: { events: {} as WriteConflictEvent } }).createMachine({
  id: 'writeConflict',
  description: 'A check whose status changes, and every change meets an obstacle on its way.',
  initial: 'passing',
  states: {
    passing: {
      description: 'The target is well, and the catalog says so.',
      on: {
        'status.metNotes': 'critical',
        'status.metStatus': 'critical',
        'status.metReplacement': 'critical',
        'status.metRemoval': 'gone',
        'status.metSilence': 'critical',
        'status.metRefusal': 'critical',
      },
    },
    critical: {
      description: 'The target fails, and the catalog says so.',
      on: {
        'status.metNotes': 'passing',
        'status.metStatus': 'passing',
        'status.metReplacement': 'passing',
        'status.metRemoval': 'gone',
        'status.metSilence': 'passing',
        'status.metRefusal': 'passing',
      },
    },
    gone: {
      description: 'The check was removed as its status was written: the write does not bring it back.',
      on: { 'check.registered': 'passing' },
    },
  },
});
