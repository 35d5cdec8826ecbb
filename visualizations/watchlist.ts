import { createMachine } from 'xstate';

export const watchlistMachine = createMachine({
  id: 'watchlist',
  description: "This instance's list of nodes: unknown, held, or unreadable.",
  initial: 'watching',
  states: {
    watching: {
      description: 'Follows the own entry in KV.',
      initial: 'unknown',
      invoke: {
        id: 'ownList',
        src: 'ownList',
        onError: {
          target: 'faulty',
          actions: [
            'countFailure',
            {
              type: 'tellFault',
            },
          ],
        },
      },
      on: {
        'consul.failed': {
          actions: 'tellNews',
        },
        'consul.reachable': {
          actions: 'wakeWatch',
        },
        'list.read': {
          target: '.held',
          actions: ['adoptShare', 'tellChanged'],
        },
        'list.garbled': {
          target: '.unreadable',
          actions: 'tellUnreadable',
        },
      },
      states: {
        unknown: {
          description: 'No list was read yet: the leader has not given this instance one.',
          always: {
            guard: 'hasShare',
            target: 'held',
          },
        },
        held: {
          description: 'The share is known. An entry that is gone changes nothing: the leader writes it anew.',
          on: {
            'list.missed': {
              actions: 'tellMissed',
            },
          },
        },
        unreadable: {
          description: 'The entry is no list; the last good one stays in force. Told once.',
          on: {
            'list.garbled': {},
            'list.missed': {
              target: 'unknown',
            },
          },
        },
      },
    },
    faulty: {
      description: 'The watch ended in an error: starts it anew after a while, keeping the last good list.',
      after: {
        backoff: {
          target: 'watching',
        },
      },
    },
  },
});
