/** The session of the lock is destroyed, the lock taken away, the own entry deleted: who leads afterwards? */
import { setup } from 'xstate';

type LostSessionEvent =
  | { type: 'session.destroyed' }
  | { type: 'lock.deleted' }
  | { type: 'lock.seized' }
  | { type: 'lock.returned' }
  | { type: 'entry.deleted' }
  | { type: 'lists.deleted' }
  | { type: 'node.registered' };

export const lostSessionModel = setup({ types: { events: {} as LostSessionEvent } }).createMachine({
  id: 'lostSession',
  description: 'Two instances, one of which leads by a session that somebody may destroy.',
  initial: 'led',
  states: {
    led: {
      description: 'One instance leads, and holds the lock with a session that lives; every node has an owner.',
      on: {
        'session.destroyed': 'led',
        'lock.deleted': 'led',
        'entry.deleted': 'led',
        'lists.deleted': 'led',
        'lock.seized': 'seized',
      },
    },
    seized: {
      description: 'Somebody who is no instance holds the lock: nobody leads, and everybody keeps what he has.',
      on: {
        'lock.returned': 'led',
        'session.destroyed': 'seized',
        'node.registered': 'unshared',
      },
    },
    unshared: {
      description: 'A node is registered, and there is nobody to give it to an instance.',
      on: { 'lock.returned': 'led', 'session.destroyed': 'unshared' },
    },
  },
});
