import { createMachine } from 'xstate';

export const writerMachine = createMachine({
  id: 'writer',
  description: 'Takes reports of checks and nodes to Consul, the newest of each, in transactions.',
  type: 'parallel',
  on: {
    'write.submitted': {
      actions: [
        'enqueue',
        {
          type: 'answer',
        },
      ],
    },
    'write.withdrawn': {
      actions: [
        'withdraw',
        {
          type: 'answer',
        },
      ],
    },
    'writer.drain': {
      actions: ['dropStale', 'retryAll'],
    },
  },
  states: {
    transactions: {
      description: 'A batch after the other, of what waits.',
      initial: 'idle',
      states: {
        idle: {
          description: 'Nothing is owed to Consul but what it forbids.',
          entry: 'tellEmptied',
          always: {
            guard: 'hasWaiting',
            target: 'gathering',
          },
          on: {
            'writer.drain': [
              {
                guard: 'hasForbidden',
                actions: ['dropStale', 'retryAll'],
              },
              {
                actions: ['dropStale', 'tellEmptied'],
              },
            ],
          },
        },
        gathering: {
          description: 'Writes wait a moment for company.',
          always: [
            {
              guard: 'isEmpty',
              target: 'idle',
            },
            {
              guard: 'isFull',
              target: 'committing',
            },
            {
              guard: 'isDraining',
              target: 'committing',
            },
          ],
          after: {
            batchFlushInterval: {
              target: 'committing',
            },
          },
        },
        filling: {
          description: 'Many changes come one after the other: the next transaction waits a moment until it is full.',
          always: [
            {
              guard: 'isFull',
              target: 'committing',
            },
            {
              guard: 'isDraining',
              target: 'gathering',
            },
          ],
          after: {
            fillTime: [
              {
                guard: 'isEmpty',
                target: 'idle',
              },
              {
                target: 'committing',
              },
            ],
          },
        },
        committing: {
          description: 'A batch is with Consul, in a few transactions when it is large; newer writes gather behind it.',
          entry: 'takeBatch',
          on: {
            'consul.reachable': {
              description:
                'What was sent during the outage may have gone into a hole; a second try does nothing twice.',
              target: 'gathering',
              actions: [
                {
                  type: 'settle',
                  params: [],
                },
                {
                  type: 'answer',
                },
              ],
            },
            'write.withdrawn': {
              actions: [
                'withdraw',
                'noteWithdrawal',
                {
                  type: 'answer',
                },
              ],
            },
          },
          invoke: {
            id: 'commit',
            src: 'commit',
            onDone: [
              {
                guard: {
                  type: 'isOwed',
                },
                target: 'backingOff',
                actions: [
                  {
                    type: 'settle',
                  },
                  {
                    type: 'answer',
                  },
                  'countFailure',
                  {
                    type: 'tellFailed',
                  },
                ],
              },
              {
                guard: {
                  type: 'isRefused',
                },
                target: 'gathering',
                actions: [
                  {
                    type: 'settle',
                  },
                  {
                    type: 'answer',
                  },
                  'forgetFailures',
                  {
                    type: 'tellRefused',
                  },
                ],
              },
              {
                guard: 'isCrowd',
                target: 'filling',
                actions: [
                  {
                    type: 'settle',
                  },
                  {
                    type: 'answer',
                  },
                  'forgetFailures',
                ],
              },
              {
                target: 'gathering',
                actions: [
                  {
                    type: 'settle',
                  },
                  {
                    type: 'answer',
                  },
                  'forgetFailures',
                ],
              },
            ],
            onError: {
              target: 'backingOff',
              actions: [
                {
                  type: 'settle',
                  params: [],
                },
                {
                  type: 'answer',
                },
                'countFailure',
                {
                  type: 'tellFailed',
                },
              ],
            },
          },
        },
        backingOff: {
          description: 'Consul did not take the last batch: tries again later, or as soon as it is known to be back.',
          always: {
            guard: 'isEmpty',
            target: 'idle',
          },
          after: {
            backoff: {
              target: 'committing',
            },
          },
          on: {
            'consul.reachable': {
              target: 'committing',
            },
            'writer.drain': {
              target: 'committing',
              actions: ['dropStale', 'retryAll'],
            },
          },
        },
      },
    },
    permission: {
      description: 'May the token write all that is owed?',
      initial: 'granted',
      states: {
        granted: {
          description: 'Nothing that was refused waits.',
          always: {
            guard: 'hasForbidden',
            target: 'missing',
          },
        },
        missing: {
          description:
            'Some writes were refused: a few of them are tried again, and all others once one of those is taken.',
          always: {
            guard: 'isNothingForbidden',
            target: 'granted',
          },
          after: {
            retryInterval: {
              target: 'missing',
              reenter: true,
              actions: 'retrySome',
            },
          },
        },
      },
    },
  },
});
