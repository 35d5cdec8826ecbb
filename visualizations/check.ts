import { createMachine } from 'xstate';

export const checkMachine = createMachine({
  id: 'check',
  description: 'One check of an external node: its status as committed, and what is owed to the catalog.',
  type: 'parallel',
  states: {
    status: {
      description: 'The status that Consul has committed.',
      initial: 'pending',
      on: {
        'check.due': {
          actions: [
            'startRun',
            {
              type: 'probe',
            },
          ],
        },
        'check.probed': [
          {
            guard: 'isNews',
            actions: [
              'oweResult',
              {
                type: 'submit',
              },
            ],
          },
          {
            guard: 'isOldNews',
            actions: 'countResult',
          },
        ],
        'check.changed': [
          {
            guard: 'isOwnReport',
          },
          {
            guard: 'isStatusChanged',
            target: '.settling',
            actions: [
              {
                type: 'withdraw',
              },
              'adoptStatus',
            ],
          },
          {
            actions: 'adoptOutput',
          },
        ],
        'check.updated': {
          actions: 'updatePlan',
        },
        'settings.changed': {
          actions: 'adoptSettings',
        },
        'status.committed': [
          {
            guard: 'isClockLate',
            target: '.settling',
            actions: [
              'believe',
              'oweAnew',
              {
                type: 'submit',
              },
            ],
          },
          {
            guard: 'isPassingReport',
            target: '.passing',
            actions: 'believe',
          },
          {
            guard: 'isWarningReport',
            target: '.warning',
            actions: 'believe',
          },
          {
            guard: 'isReport',
            target: '.critical',
            actions: 'believe',
          },
        ],
        'status.rejected': [
          {
            guard: 'isOverruled',
            target: '.settling',
            actions: [
              {
                type: 'withdraw',
              },
              'adoptRejection',
            ],
          },
          {
            guard: 'isReport',
            actions: 'dismiss',
          },
        ],
        'status.superseded': {
          guard: 'isReport',
          actions: 'dismiss',
        },
      },
      states: {
        pending: {
          description:
            'Holds the status of the catalog; no result of this instance has agreed with it or changed it yet.',
          on: {
            'check.probed': {
              guard: 'isOldNews',
              target: 'settling',
              actions: 'countResult',
            },
          },
        },
        settling: {
          description: 'The status in force was just learnt: goes to the state that bears its name.',
          always: [
            {
              guard: 'isPassing',
              target: 'passing',
            },
            {
              guard: 'isWarning',
              target: 'warning',
            },
            {
              target: 'critical',
            },
          ],
        },
        passing: {
          description: 'The target answered as it should.',
          tags: 'steady',
        },
        warning: {
          description: 'The target answered, and asks for attention.',
          tags: 'steady',
        },
        critical: {
          description: 'The target failed. A service with a deadline is on its way out.',
          tags: 'steady',
          initial: 'untimed',
          on: {
            'check.updated': {
              target: 'settling',
              actions: 'updatePlan',
            },
          },
          states: {
            untimed: {
              description: 'No deadline, or none that is committed yet.',
              always: {
                guard: 'hasDeadline',
                target: 'timed',
              },
            },
            timed: {
              description: 'The time to DeregisterCriticalServiceAfter runs.',
              after: {
                deregisterDeadline: {
                  target: '#check.status.deregister',
                },
              },
            },
          },
        },
        deregister: {
          description: 'Critical past its deadline: a failed probe sent since then removes the service.',
          initial: 'confirming',
          entry: 'probeNow',
          on: {
            'status.committed': {
              guard: 'isSameClock',
              actions: 'believe',
            },
          },
          states: {
            confirming: {
              description: 'Waits for a probe sent after the deadline.',
              on: {
                'check.probed': {
                  guard: 'hasFailedSinceDue',
                  target: 'removing',
                  actions: [
                    'countResult',
                    'planRemoval',
                    {
                      type: 'submit',
                    },
                  ],
                },
                'check.updated': {
                  target: '#check.status.settling',
                  actions: 'updatePlan',
                },
              },
            },
            removing: {
              description: 'The removal is with the writer; whatever ends this state takes it back.',
              exit: {
                type: 'withdraw',
              },
              on: {
                'check.probed': [
                  {
                    guard: 'isTurning',
                    target: 'confirming',
                    actions: [
                      'forgetRemoval',
                      'oweResult',
                      {
                        type: 'submit',
                      },
                    ],
                  },
                  {
                    guard: 'hasAnswered',
                    target: 'confirming',
                    actions: ['forgetRemoval', 'countResult'],
                  },
                ],
                'check.updated': {
                  target: '#check.status.settling',
                  actions: ['forgetRemoval', 'updatePlan'],
                },
                'status.committed': {
                  guard: 'isRemoval',
                  target: 'removed',
                },
                'status.rejected': [
                  {
                    guard: 'isUntimedRemoval',
                    target: '#check.status.settling',
                    actions: ['forgetRemoval', 'forgetClock'],
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
              description: 'The service is gone; the roster stops this check when the catalog tells it.',
              on: {
                'check.due': {},
              },
            },
          },
        },
      },
    },
    output: {
      description: 'Is the newest output in the catalog?',
      initial: 'settled',
      states: {
        settled: {
          description: 'The catalog holds the newest output, or a report with it is on its way.',
          on: {
            'check.probed': {
              guard: 'isOutputNew',
              target: 'stale',
            },
          },
        },
        stale: {
          description:
            'A newer output waits up to check_update_interval, the first of all less, or for the next change of status.',
          tags: 'waiting',
          always: {
            guard: 'isOutputWritten',
            target: 'settled',
          },
          after: {
            checkUpdateInterval: {
              target: 'due',
            },
          },
          on: {
            'settings.changed': {
              target: 'stale',
              reenter: true,
            },
          },
        },
        due: {
          description: 'The output goes out as soon as no removal is with the writer, whose place it would take.',
          always: [
            {
              guard: 'isOutputWritten',
              target: 'settled',
            },
            {
              guard: 'isRemovalUnplanned',
              target: 'settled',
              actions: [
                'oweAnew',
                {
                  type: 'submit',
                },
              ],
            },
          ],
        },
      },
    },
  },
});
