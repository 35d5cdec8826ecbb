import { createMachine } from 'xstate';

export const sessionMachine = createMachine({
  id: 'session',
  description: 'Keeps one Consul session alive, while there is a lock to claim or to keep.',
  initial: 'idle',
  states: {
    idle: {
      description: 'Another holds the lock, or who does is not known yet: no session is needed.',
      on: {
        'lock.changed': {
          guard: 'isLockFree',
          target: 'opening',
        },
      },
    },
    opening: {
      description: 'There is no session, and need of one.',
      initial: 'asking',
      on: {
        'lock.changed': {
          guard: 'isLockOthers',
          target: 'idle',
          actions: 'forgetFailures',
        },
      },
      states: {
        asking: {
          description: 'Asks for one. Another that was made of a lost answer runs out by itself.',
          invoke: {
            id: 'create',
            src: 'create',
            onDone: [
              {
                guard: {
                  type: 'isMade',
                },
                target: '#session.open',
                actions: [
                  {
                    type: 'adoptSession',
                  },
                  'tellOpened',
                ],
              },
              {
                target: 'backingOff',
                actions: 'countFailure',
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
            'session.verify': {
              target: 'asking',
              reenter: true,
            },
          },
        },
        backingOff: {
          description: 'There is none to be had, perhaps until the TTL check passes again: waits, longer each time.',
          after: {
            backoff: {
              target: 'asking',
            },
          },
          on: {
            'session.verify': {
              target: 'asking',
            },
          },
        },
      },
    },
    open: {
      description: 'The session was alive a short while ago; every renewal starts that while anew.',
      initial: 'resting',
      after: {
        trust: {
          target: 'doubted',
          actions: 'tellLost',
        },
      },
      on: {
        'lock.changed': {
          guard: 'isLockOthers',
          target: 'closing',
          actions: 'tellLost',
        },
      },
      states: {
        resting: {
          description: 'Between two renewals.',
          after: {
            renewInterval: {
              target: 'renewing',
            },
          },
          on: {
            'session.verify': {
              target: 'renewing',
            },
          },
        },
        renewing: {
          description: 'A renewal is on its way, with a limit: one that hangs must not eat up the trust.',
          invoke: {
            id: 'renew',
            src: 'renew',
            onDone: [
              {
                guard: {
                  type: 'isAlive',
                },
                target: '#session.open',
                reenter: true,
                actions: {
                  type: 'adoptRenewal',
                },
              },
              {
                target: '#session.opening',
                actions: ['forgetFailures', 'tellLost'],
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
            'session.verify': {
              target: 'renewing',
              reenter: true,
            },
          },
        },
        backingOff: {
          description: 'The renewal failed: tries again, for as long as the session is trusted.',
          after: {
            backoff: {
              target: 'renewing',
            },
          },
          on: {
            'session.verify': {
              target: 'renewing',
            },
          },
        },
      },
    },
    doubted: {
      description:
        'Trusted no more and perhaps still alive: nothing is claimed by it before Consul says that it lives.',
      initial: 'asking',
      on: {
        'lock.changed': {
          guard: 'isLockOthers',
          target: 'closing',
        },
      },
      states: {
        asking: {
          description: 'A renewal is on its way, with a limit: one that hangs would keep the lock from everybody.',
          invoke: {
            id: 'renewDoubted',
            src: 'renew',
            onDone: [
              {
                guard: {
                  type: 'isAlive',
                },
                target: '#session.open',
                actions: [
                  {
                    type: 'adoptRenewal',
                  },
                  'tellOpened',
                ],
              },
              {
                target: '#session.opening',
                actions: 'forgetFailures',
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
            'session.verify': {
              target: 'asking',
              reenter: true,
            },
          },
        },
        backingOff: {
          description: 'Consul did not say: waits, longer each time.',
          after: {
            backoff: {
              target: 'asking',
            },
          },
          on: {
            'session.verify': {
              target: 'asking',
            },
          },
        },
      },
    },
    closing: {
      description: 'Another holds the lock: gives the session back; once, for it runs out by itself.',
      entry: 'forgetFailures',
      invoke: {
        id: 'destroy',
        src: 'destroy',
        onDone: {
          target: 'idle',
        },
        onError: {
          target: 'idle',
          actions: {
            type: 'tellFailed',
          },
        },
      },
      on: {
        'lock.changed': {
          guard: 'isLockFree',
          target: 'opening',
        },
      },
    },
  },
});
