import { createMachine } from 'xstate';

export const nodeMachine = createMachine({
  id: 'node',
  description: 'One external node: is it there, and for how long has it not been?',
  initial: 'adopted',
  on: {
    'check.added': {
      actions: 'startCheck',
    },
    'check.removed': {
      actions: 'stopCheck',
    },
    'node.due': {
      actions: [
        'startRun',
        {
          type: 'ping',
        },
      ],
    },
    'node.pinged': [
      {
        guard: 'isPassingDue',
        actions: [
          'owePassing',
          {
            type: 'submit',
          },
        ],
      },
      {
        guard: 'isCriticalDue',
        actions: [
          'oweCritical',
          {
            type: 'submit',
          },
        ],
      },
    ],
    'node.updated': {
      target: '.adopted',
      actions: 'adoptNode',
    },
    'health.changed': {
      actions: 'adoptHealth',
    },
    'settings.changed': {
      target: '.adopted',
      actions: 'adoptSettings',
    },
    'status.committed': [
      {
        guard: 'isPassingReport',
        target: '.alive',
        actions: 'believe',
      },
      {
        guard: 'isCriticalReport',
        target: '.suspect',
        actions: 'believe',
      },
    ],
    'status.rejected': {
      guard: 'isReport',
      actions: 'forgetReport',
    },
    'status.superseded': {
      guard: 'isReport',
      actions: 'forgetReport',
    },
  },
  states: {
    adopted: {
      description: 'What is known of the node was just learnt: goes to the state that it makes true.',
      always: [
        {
          guard: 'isUnprobed',
          target: 'unprobed',
        },
        {
          guard: 'isFailing',
          target: 'suspect',
        },
        {
          target: 'alive',
        },
      ],
    },
    unprobed: {
      description: 'Not to be pinged: only its checks run, and it is never removed.',
      on: {
        'node.due': {},
        'node.pinged': {},
        'status.committed': {
          guard: 'isReport',
          actions: 'believe',
        },
      },
    },
    alive: {
      description: 'The node answered, or nothing is known against it.',
      tags: 'steady',
    },
    suspect: {
      description: 'The node fails its pings, as KV tells since when; the time to its removal runs.',
      tags: 'steady',
      after: {
        nodeReconnectTimeout: {
          target: 'reaping',
        },
      },
    },
    reaping: {
      description: 'Silent for longer than node_reconnect_timeout: a failed ping sent since then removes it.',
      initial: 'confirming',
      entry: 'pingNow',
      on: {
        'status.committed': {
          guard: 'isSameFailure',
          actions: 'believe',
        },
      },
      states: {
        confirming: {
          description: 'Waits for a ping sent after the deadline.',
          on: {
            'node.pinged': {
              guard: 'hasFailedSinceDue',
              target: 'removing',
              actions: [
                'planRemoval',
                {
                  type: 'submit',
                },
              ],
            },
          },
        },
        removing: {
          description: 'The removal is with the writer; whatever ends this state takes it back.',
          exit: {
            type: 'withdraw',
          },
          on: {
            'node.pinged': [
              {
                guard: 'isReachable',
                target: 'confirming',
                actions: [
                  'forgetRemoval',
                  'owePassing',
                  {
                    type: 'submit',
                  },
                ],
              },
              {},
            ],
            'node.updated': {
              target: '#node.adopted',
              actions: ['forgetRemoval', 'adoptNode'],
            },
            'settings.changed': {
              target: '#node.adopted',
              actions: ['forgetRemoval', 'adoptSettings'],
            },
            'status.committed': {
              guard: 'isRemoval',
              target: 'removed',
            },
            'status.rejected': [
              {
                guard: 'isUntimedRemoval',
                target: '#node.adopted',
                actions: ['forgetRemoval', 'forgetFailure'],
              },
              {
                guard: 'isRemoval',
                target: 'confirming',
                actions: 'forgetRemoval',
              },
            ],
            'status.superseded': {
              guard: 'isRemoval',
              target: 'confirming',
              actions: 'forgetRemoval',
            },
          },
        },
        removed: {
          description: 'The node is gone; the roster stops it when the catalog tells it.',
          on: {
            'node.due': {},
            'node.pinged': {},
          },
        },
      },
    },
  },
});
