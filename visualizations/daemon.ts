import { createMachine } from 'xstate';

export const daemonMachine = createMachine({
  id: 'daemon',
  description: 'Contact with Consul, then service until told to stop.',
  initial: 'contacting',
  states: {
    contacting: {
      description: 'Waits for a Consul that can be worked with.',
      initial: 'asking',
      on: {
        'daemon.stop': {
          target: 'stopped',
        },
      },
      states: {
        asking: {
          description: 'Asks the agent who it is.',
          invoke: {
            id: 'contact',
            src: 'contact',
            onDone: {
              target: '#daemon.serving',
            },
            onError: [
              {
                guard: {
                  type: 'isUnsupported',
                },
                target: '#daemon.stopped',
                actions: {
                  type: 'refuseConsul',
                },
              },
              {
                target: 'waiting',
                actions: {
                  type: 'tellContactFailed',
                },
              },
            ],
          },
        },
        waiting: {
          description: 'No Consul, no leader, or no permission: asks again in a moment, for as long as it takes.',
          after: {
            contactInterval: {
              target: 'asking',
            },
          },
        },
      },
    },
    serving: {
      description: 'All parts are at work.',
      type: 'parallel',
      invoke: [
        {
          id: 'writer',
          systemId: 'writer',
          src: 'writer',
          onError: {
            actions: [
              {
                type: 'tellPartFailed',
              },
              'failPart',
            ],
          },
        },
        {
          id: 'registration',
          src: 'registration',
          onDone: {
            actions: 'endRegistration',
          },
          onError: {
            actions: [
              {
                type: 'tellPartFailed',
              },
              'failPart',
            ],
          },
        },
        {
          id: 'leadership',
          systemId: 'leadership',
          src: 'leadership',
          onDone: {
            actions: 'endLeadership',
          },
          onError: {
            actions: [
              {
                type: 'tellPartFailed',
              },
              'failPart',
            ],
          },
        },
        {
          id: 'watchlist',
          systemId: 'watchlist',
          src: 'watchlist',
          onError: {
            actions: [
              {
                type: 'tellPartFailed',
              },
              'failPart',
            ],
          },
        },
        {
          id: 'roster',
          src: 'roster',
          onError: {
            actions: [
              {
                type: 'tellPartFailed',
              },
              'failPart',
            ],
          },
        },
      ],
      on: {
        'registration.refused': {
          target: 'stopped',
          actions: {
            type: 'refuseSecond',
          },
        },
        'registration.registered': {
          actions: 'passToLeadership',
        },
        'registration.lost': {
          description:
            'Consul may have lost its state with no connection broken, and hold each watch for an old index.',
          actions: ['passToLeadership', 'wakeLeadership', 'wakeWatchlist', 'wakeRoster'],
        },
        'watchlist.changed': {
          actions: 'passToRoster',
        },
        'settings.changed': {
          actions: 'passToRoster',
        },
        'watchlist.missed': {
          description: 'A leader deletes the lists of who is gone: is the own entry still there?',
          actions: 'wakeRegistration',
        },
        'watchlist.unreadable': {
          actions: {
            type: 'tellUnreadable',
          },
        },
        'actor.failed': {
          actions: {
            type: 'tellActorFailed',
          },
        },
      },
      after: {
        health: {
          actions: 'forgetFailures',
        },
      },
      states: {
        phase: {
          description: 'At work, or on the way out.',
          initial: 'running',
          states: {
            running: {
              description: 'Probes, reports, takes its part in the fleet.',
              on: {
                'daemon.stop': {
                  target: 'stopping',
                },
                'part.failed': {
                  target: '#daemon.restarting',
                },
              },
            },
            stopping: {
              description:
                'Probes nothing more; gives back lock and entry, and writes what is owed. No part starts anew.',
              type: 'parallel',
              entry: ['quietRoster', 'resignLeadership', 'drainWriter'],
              after: {
                stopLimit: {
                  target: '#daemon.stopped',
                },
              },
              onDone: {
                target: '#daemon.stopped',
              },
              states: {
                presence: {
                  description: 'The lock first: it falls with the entry, and then only after its delay.',
                  initial: 'resigning',
                  states: {
                    resigning: {
                      description: 'The lock is being released.',
                      on: {
                        'leadership.resigned': {
                          target: 'deregistering',
                          actions: 'resignRegistration',
                        },
                      },
                    },
                    deregistering: {
                      description: 'Service and TTL check are being taken out of Consul.',
                      on: {
                        'registration.deregistered': {
                          target: 'withdrawn',
                        },
                      },
                    },
                    withdrawn: {
                      description: 'Consul knows nothing of this instance any more.',
                      type: 'final',
                    },
                  },
                },
                writes: {
                  description: 'What checks and nodes have reported.',
                  initial: 'draining',
                  states: {
                    draining: {
                      description: 'Reports are still on their way.',
                      on: {
                        'writer.emptied': {
                          target: 'drained',
                        },
                      },
                    },
                    drained: {
                      description: 'Nothing is owed.',
                      type: 'final',
                    },
                  },
                },
              },
            },
          },
        },
        consul: {
          description: 'Does Consul answer? The one place that tells of an outage, and that ends all back-offs.',
          initial: 'reachable',
          states: {
            reachable: {
              description: 'Consul answers.',
              on: {
                'consul.failed': {
                  guard: 'isOutage',
                  target: 'unreachable',
                  actions: {
                    type: 'tellLost',
                  },
                },
              },
            },
            unreachable: {
              description: 'Some part got no answer; what it says of Consul is told once.',
              initial: 'awaited',
              states: {
                awaited: {
                  description: 'Asks once a second.',
                  invoke: {
                    id: 'awaitConsul',
                    src: 'awaitConsul',
                    onDone: {
                      target: 'returning',
                      actions: ['wakeWriter', 'wakeRegistration', 'wakeLeadership', 'wakeWatchlist', 'wakeRoster'],
                    },
                    onError: {
                      target: 'awaited',
                      reenter: true,
                    },
                  },
                },
                returning: {
                  description: 'It answers again; believed when nothing fails for a while.',
                  on: {
                    'consul.failed': {
                      guard: 'isOutage',
                      target: 'awaited',
                    },
                  },
                  after: {
                    steadiness: {
                      target: '#daemon.serving.consul.reachable',
                      actions: 'tellReturned',
                    },
                  },
                },
              },
            },
          },
        },
        requests: {
          description: 'Does Consul take what is asked of it? A missing permission is no outage.',
          initial: 'accepted',
          states: {
            accepted: {
              description: 'Nothing was refused of late.',
              on: {
                'consul.failed': {
                  guard: 'isRefusal',
                  target: 'refused',
                  actions: {
                    type: 'tellRefused',
                  },
                },
              },
            },
            refused: {
              description: 'Something is refused, and tried again by whoever asked.',
              on: {
                'consul.failed': {
                  guard: 'isRefusal',
                  target: 'refused',
                  reenter: true,
                },
              },
              after: {
                quietness: {
                  target: 'accepted',
                  actions: 'tellAccepted',
                },
              },
            },
          },
        },
      },
    },
    restarting: {
      description: 'A part has died of an error that nobody foresaw: all parts start anew after a while.',
      entry: 'countFailure',
      on: {
        'daemon.stop': {
          target: 'stopped',
        },
      },
      after: {
        backoff: {
          target: 'serving',
        },
      },
    },
    stopped: {
      description: 'Nothing runs any more.',
      type: 'final',
    },
  },
});
