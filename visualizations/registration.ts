import { createMachine } from 'xstate';

export const registrationMachine = createMachine({
  id: 'registration',
  description: 'Own service and TTL check in Consul.',
  initial: 'looking',
  states: {
    looking: {
      description: 'Finds out whether the service id is free.',
      initial: 'asking',
      on: {
        'registration.resign': {
          target: 'deregistered',
        },
      },
      states: {
        asking: {
          description: 'The question is on its way; one asked during an outage may have gone into a hole.',
          invoke: {
            id: 'lookUp',
            src: 'lookUp',
            onDone: [
              {
                guard: {
                  type: 'isStillAlive',
                },
                target: '#registration.refused',
              },
              {
                guard: {
                  type: 'isAlive',
                },
                target: 'occupied',
                actions: ['forgetFailures', 'countSighting'],
              },
              {
                target: '#registration.registering',
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
            'consul.reachable': {
              target: 'asking',
              reenter: true,
            },
          },
        },
        occupied: {
          description:
            'The id passes its TTL check: somebody lives, or died a moment ago. Gives the check time to run out.',
          after: {
            lookInterval: {
              target: 'asking',
            },
          },
        },
        backingOff: {
          description: 'Consul gave no answer, which proves nobody alive: waits, longer each time.',
          entry: 'forgetSightings',
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
    registering: {
      description: 'Puts service and TTL check into Consul.',
      initial: 'asking',
      on: {
        'registration.resign': {
          target: 'deregistering',
        },
      },
      states: {
        asking: {
          description: 'The registration is on its way; one sent during an outage may have gone into a hole.',
          invoke: {
            id: 'register',
            src: 'register',
            onDone: {
              target: '#registration.registered',
              actions: ['forgetFailures', 'tellRegistered'],
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
    registered: {
      description: 'The entry stands; its TTL check is passed beat by beat.',
      initial: 'resting',
      on: {
        'registration.resign': {
          target: 'deregistering',
        },
      },
      states: {
        resting: {
          description: 'Between two beats; a Consul that was away may have forgotten the entry.',
          after: {
            beatInterval: {
              target: 'beating',
            },
          },
          on: {
            'consul.reachable': {
              target: 'beating',
            },
          },
        },
        beating: {
          description: 'A beat is on its way.',
          invoke: {
            id: 'beat',
            src: 'beat',
            onDone: [
              {
                guard: {
                  type: 'isKnown',
                },
                target: 'resting',
                actions: 'forgetFailures',
              },
              {
                target: '#registration.registering',
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
            'consul.reachable': {
              target: 'beating',
              reenter: true,
            },
          },
        },
        backingOff: {
          description: 'The beat failed: the entry may be turning critical, and the next beat mends it.',
          after: {
            backoff: {
              target: 'beating',
            },
          },
          on: {
            'consul.reachable': {
              target: 'beating',
            },
          },
        },
      },
    },
    deregistering: {
      description: 'Takes the entry out of Consul, for as long as the daemon waits for it.',
      initial: 'asking',
      states: {
        asking: {
          description: 'The request is on its way; one sent during an outage may have gone into a hole.',
          invoke: {
            id: 'deregister',
            src: 'deregister',
            onDone: {
              target: '#registration.deregistered',
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
    deregistered: {
      description: 'No entry of this instance is left.',
      type: 'final',
    },
    refused: {
      description: 'Another instance lives under this service id.',
      type: 'final',
      entry: 'tellRefused',
    },
  },
});
