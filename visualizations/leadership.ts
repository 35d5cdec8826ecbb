import { createMachine } from 'xstate';

export const leadershipMachine = createMachine({
  id: 'leadership',
  description: 'Follower, candidate or leader, as the lock in Consul shows.',
  initial: 'unregistered',
  states: {
    unregistered: {
      description: 'Waits for the own registration: no session without the passing TTL check.',
      on: {
        'registration.registered': {
          target: 'competing',
          actions: 'announceWaiting',
        },
        'leadership.resign': {
          target: 'resigned',
        },
      },
    },
    competing: {
      description: 'Watches the lock, with a session in hand while it can be had.',
      initial: 'follower',
      invoke: [
        {
          id: 'locks',
          src: 'locks',
          onError: {
            target: 'faulty',
            actions: {
              type: 'tellFault',
            },
          },
        },
        {
          id: 'session',
          src: 'session',
          onError: {
            target: 'faulty',
            actions: {
              type: 'tellFault',
            },
          },
        },
      ],
      on: {
        'lock.changed': {
          actions: ['adoptLock', 'showSession'],
        },
        'goLock.changed': {
          actions: 'adoptGoLock',
        },
        'session.opened': {
          actions: 'adoptSession',
        },
        'session.lost': {
          actions: 'forgetSession',
        },
        'consul.failed': {
          actions: 'tellNews',
        },
        'consul.reachable': {
          actions: ['wakeWatches', 'verifySession'],
        },
        'registration.registered': {
          actions: 'verifySession',
        },
        'registration.lost': {
          actions: 'verifySession',
        },
        'leadership.resign': [
          {
            guard: 'hasNoSession',
            target: 'resigned',
          },
          {
            target: 'resigning',
          },
        ],
      },
      states: {
        follower: {
          description: 'Somebody else holds the lock, or who does is not known yet.',
          always: [
            {
              guard: 'isEntitled',
              target: 'leader',
            },
            {
              guard: 'isOverruled',
              target: 'releasing',
            },
            {
              guard: 'isBlocked',
              target: 'blocked',
            },
            {
              guard: 'isWithinReach',
              target: 'candidate',
            },
          ],
        },
        blocked: {
          description: 'Go instances hold a key of their own: to lead beside them would give every node two probers.',
          entry: 'announceBlocked',
          always: [
            {
              guard: 'isGoGone',
              target: 'follower',
            },
            {
              guard: 'isOverruled',
              target: 'releasing',
            },
          ],
        },
        candidate: {
          description: 'The lock is free: competes for it, and waits out its lock delay.',
          initial: 'acquiring',
          always: [
            {
              guard: 'isEntitled',
              target: 'leader',
            },
            {
              guard: 'isOutOfReach',
              target: 'follower',
            },
          ],
          states: {
            acquiring: {
              description: 'The try is on its way; one sent during an outage may have gone into a hole.',
              invoke: {
                id: 'acquire',
                src: 'acquire',
                onDone: [
                  {
                    guard: {
                      type: 'isAcquired',
                    },
                    target: 'awaitingWitness',
                    actions: 'forgetFailures',
                  },
                  {
                    target: 'delayed',
                    actions: ['forgetFailures', 'verifySession'],
                  },
                ],
                onError: {
                  target: 'backingOff',
                  actions: [
                    'countFailure',
                    {
                      type: 'tellFailed',
                    },
                    'verifySession',
                  ],
                },
              },
              on: {
                'consul.reachable': {
                  target: 'acquiring',
                  reenter: true,
                  actions: ['wakeWatches', 'verifySession'],
                },
              },
            },
            awaitingWitness: {
              description: 'The lock was given; the watch has yet to show it.',
              after: {
                witnessLimit: {
                  target: 'acquiring',
                },
              },
            },
            delayed: {
              description:
                'The lock is free and not to be had: its lock delay runs, or the session has died unnoticed.',
              after: {
                lockRetry: {
                  target: 'acquiring',
                },
              },
            },
            backingOff: {
              description: 'The try failed, perhaps for want of a living session: waits, longer each time.',
              after: {
                backoff: {
                  target: 'acquiring',
                },
              },
              on: {
                'consul.reachable': {
                  target: 'acquiring',
                  actions: ['wakeWatches', 'verifySession'],
                },
              },
            },
          },
        },
        leader: {
          description: 'Holds the lock with a trusted session, and shares out the nodes.',
          entry: 'announceObtained',
          exit: 'announceLost',
          always: [
            {
              guard: 'isNotHolder',
              target: 'follower',
              actions: 'announceWaiting',
            },
            {
              guard: 'isGoLeading',
              target: 'releasing',
              actions: 'announceWaiting',
            },
          ],
          invoke: {
            id: 'assignment',
            src: 'assignment',
            onDone: {
              target: 'releasing',
              actions: 'announceWaiting',
            },
            onError: {
              target: '#leadership.faulty',
              actions: {
                type: 'tellFault',
              },
            },
          },
          on: {
            'consul.reachable': {
              actions: ['wakeWatches', 'verifySession', 'wakeAssignment'],
            },
          },
        },
        releasing: {
          description: 'Leads no more: gives the lock back, until the watch shows it in no or other hands.',
          initial: 'asking',
          always: {
            guard: 'isNotHolder',
            target: 'follower',
          },
          states: {
            asking: {
              description: 'The release is on its way; one sent during an outage may have gone into a hole.',
              invoke: {
                id: 'release',
                src: 'release',
                onDone: {
                  target: 'awaitingWitness',
                  actions: 'forgetFailures',
                },
                onError: {
                  target: 'backingOff',
                  actions: [
                    'countFailure',
                    {
                      type: 'tellFailed',
                    },
                    'verifySession',
                  ],
                },
              },
              on: {
                'consul.reachable': {
                  target: 'asking',
                  reenter: true,
                  actions: ['wakeWatches', 'verifySession'],
                },
              },
            },
            awaitingWitness: {
              description: 'The lock was given back; the watch has yet to show it.',
              after: {
                witnessLimit: {
                  target: 'asking',
                },
              },
            },
            backingOff: {
              description: 'The release failed: waits, longer each time.',
              after: {
                backoff: {
                  target: 'asking',
                },
              },
              on: {
                'consul.reachable': {
                  target: 'asking',
                  actions: ['wakeWatches', 'verifySession'],
                },
              },
            },
          },
        },
      },
    },
    faulty: {
      description: 'An actor ended in an error that nobody foresaw: starts anew after a while.',
      initial: 'deciding',
      on: {
        'leadership.resign': [
          {
            guard: 'hasNoSession',
            target: 'resigned',
          },
          {
            target: 'resigning',
          },
        ],
      },
      states: {
        deciding: {
          description: 'Is there a session to give back?',
          always: [
            {
              guard: 'hasNoSession',
              target: 'resting',
            },
            {
              target: 'withdrawing',
            },
          ],
        },
        withdrawing: {
          description: 'Lets go of lock and session, so that another can lead; once, for they run out by themselves.',
          invoke: {
            id: 'withdrawFaulty',
            src: 'withdraw',
            onDone: {
              target: 'resting',
              actions: 'forgetSession',
            },
            onError: {
              target: 'resting',
              actions: [
                {
                  type: 'tellFailed',
                },
                'forgetSession',
              ],
            },
          },
          on: {
            'consul.reachable': {
              target: 'withdrawing',
              reenter: true,
            },
          },
        },
        resting: {
          description: 'Gives another the time to lead.',
          after: {
            recovery: {
              target: '#leadership.competing',
              actions: ['forgetLocks', 'announceWaiting'],
            },
          },
        },
      },
    },
    resigning: {
      description:
        'The daemon stops: releases the lock and destroys the session, for as long as the daemon waits for it.',
      initial: 'asking',
      states: {
        asking: {
          description: 'The request is on its way; one sent during an outage may have gone into a hole.',
          invoke: {
            id: 'withdraw',
            src: 'withdraw',
            onDone: {
              target: '#leadership.resigned',
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
            'consul.reachable': {
              target: 'asking',
              reenter: true,
            },
          },
        },
        backingOff: {
          description: 'Consul did not take it: waits, longer each time.',
          after: {
            backoff: {
              target: 'asking',
            },
          },
          on: {
            'consul.reachable': {
              target: 'asking',
            },
          },
        },
      },
    },
    resigned: {
      description: 'Holds neither lock nor session.',
      type: 'final',
    },
  },
});
