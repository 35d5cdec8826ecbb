import { createMachine } from 'xstate';

export const assignmentMachine = createMachine({
  id: 'assignment',
  description: 'Shares the external nodes out to the healthy instances.',
  initial: 'assigning',
  states: {
    assigning: {
      description: 'Follows nodes, instances and lists, and keeps the lists in KV as they should be.',
      initial: 'gathering',
      invoke: {
        id: 'fleet',
        src: 'fleet',
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
        'nodes.changed': {
          actions: 'adoptNodes',
        },
        'instances.changed': {
          actions: 'adoptInstances',
        },
        'consul.failed': {
          actions: 'tellNews',
        },
        'consul.reachable': {
          actions: 'wakeWatches',
        },
      },
      states: {
        gathering: {
          description: 'Waits until the nodes and the healthy instances are known.',
          always: [
            {
              guard: 'isFleetKnown',
              target: 'surveying',
            },
            {
              guard: 'isAiling',
              target: 'ailing',
            },
          ],
        },
        ailing: {
          description:
            'Not among the healthy itself, nor known to be registered: gives itself the grace to be, then goes on to look.',
          always: {
            guard: 'isFleetKnown',
            target: 'surveying',
          },
          after: {
            grace: {
              target: 'surveying',
            },
          },
        },
        surveying: {
          description: 'Reads the lists in force, and who is registered at all.',
          invoke: {
            id: 'survey',
            src: 'survey',
            onDone: {
              target: 'weighing',
              actions: [
                'forgetFailures',
                {
                  type: 'planChanges',
                },
              ],
            },
            onError: {
              target: 'backingOff',
              actions: [
                'countFailure',
                {
                  type: 'tellFailed',
                },
              ],
            },
          },
          on: {
            'lists.changed': {
              target: 'surveying',
              reenter: true,
            },
            'consul.reachable': {
              target: 'surveying',
              reenter: true,
              actions: 'wakeWatches',
            },
          },
        },
        weighing: {
          description: 'Is anything to be written? Not if the instance itself is neither healthy nor registered.',
          always: [
            {
              guard: 'isDroppedOut',
              target: 'gathering',
            },
            {
              guard: 'hasChanges',
              target: 'writing',
            },
            {
              guard: 'isInDoubt',
              target: 'settled.doubting',
            },
            {
              target: 'settled',
            },
          ],
        },
        writing: {
          description:
            'The changed lists are on their way, or in the hole that Consul was; what changes meanwhile is for the next round.',
          invoke: {
            id: 'writeLists',
            src: 'writeLists',
            onDone: [
              {
                guard: {
                  type: 'isWritten',
                },
                target: 'pausing',
                actions: 'forgetFailures',
              },
              {
                target: '#assignment.fenced',
              },
            ],
            onError: {
              target: 'backingOff',
              actions: [
                'countFailure',
                {
                  type: 'tellFailed',
                },
              ],
            },
          },
          on: {
            'consul.reachable': {
              target: 'gathering',
              actions: 'wakeWatches',
            },
          },
        },
        pausing: {
          description:
            'After a write: the next survey shows that it took, and what changed meanwhile. Bounds the load.',
          after: {
            roundGap: {
              target: 'gathering',
            },
          },
        },
        settled: {
          description: 'The lists in KV are as they should be.',
          initial: 'calm',
          on: {
            'nodes.changed': {
              target: 'gathering',
              actions: 'adoptNodes',
            },
            'instances.changed': {
              target: 'gathering',
              actions: 'adoptInstances',
            },
            'lists.changed': {
              target: 'gathering',
            },
          },
          states: {
            calm: {
              description: 'Every instance with nodes is healthy.',
            },
            doubting: {
              description: 'An instance is registered and not healthy: it keeps its nodes until its grace is over.',
              after: {
                doubtLook: {
                  target: '#assignment.assigning.gathering',
                },
              },
            },
          },
        },
        backingOff: {
          description: 'Consul did not answer, and may have written or not: the next survey tells.',
          after: {
            backoff: {
              target: 'gathering',
            },
          },
          on: {
            'consul.reachable': {
              target: 'gathering',
              actions: 'wakeWatches',
            },
          },
        },
      },
    },
    faulty: {
      description: 'A watch ended in an error: starts them anew after a while.',
      after: {
        backoff: {
          target: 'assigning',
        },
      },
    },
    fenced: {
      description: 'Consul refused the write: somebody else holds the lock.',
      type: 'final',
    },
  },
});
