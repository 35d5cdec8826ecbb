/**
 * The daemon's own entry in Consul.
 *
 * Decides whether this instance may live under its service id, when it registers, and when a failed beat is tried again.
 * Started by the daemon chart; tells it `registration.registered` each time the entry stands, `registration.lost` when
 * Consul knows it no more, `registration.refused` when another instance lives under the id, and its news of Consul.
 */
import { assign, sendTo, setup, type AnyActorRef, type PromiseActorLogic } from 'xstate';
import { backoffMs, failuresAfter } from './rules/backoff.ts';
import { troubleOf, type ConsulNews } from './rules/trouble.ts';

export interface RegistrationInput {
  readonly parent: AnyActorRef;
  readonly serviceId: string;
  /** Time between two beats of the TTL check, in milliseconds. */
  readonly beatMs: number;
}

export interface RegistrationContext extends RegistrationInput {
  /** Tries in a row that Consul did not answer. */
  readonly failures: number;
  /** How often the id was seen alive in somebody else's hands. */
  readonly sightings: number;
}

export type RegistrationEvent = { readonly type: 'consul.reachable' } | { readonly type: 'registration.resign' };

/** What the daemon chart hears of the registration. */
export type RegistrationReport =
  | ConsulNews
  | { readonly type: 'registration.registered' }
  | { readonly type: 'registration.lost' }
  | { readonly type: 'registration.refused'; readonly message: string };

export type RegistrationActors = {
  /** How does the service id stand in Consul? */
  readonly lookUp: PromiseActorLogic<'absent' | 'passing' | 'critical'>;
  /** Puts service and TTL check there, and passes the check. */
  readonly register: PromiseActorLogic<void>;
  /** Passes the TTL check; false: Consul does not know it any more. One that hangs must not eat up the TTL: rejects in time for the next. */
  readonly beat: PromiseActorLogic<boolean>;
  readonly deregister: PromiseActorLogic<void>;
};

/** At one look a second: longer than Go's TTL of 30 s, shorter than the 32 s of behaviour.md section 8. */
const LOOKS_BEFORE_REFUSAL = 31;

export const registrationMachine = setup({
  types: {
    input: {} as RegistrationInput,
    context: {} as RegistrationContext,
    events: {} as RegistrationEvent,
  },
  actors: {} as RegistrationActors,
  actions: {
    tellFailed: sendTo(
      ({ context }) => context.parent,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'consul.failed', ...troubleOf(error) }) satisfies RegistrationReport,
    ),
    tellRegistered: sendTo(({ context }) => context.parent, {
      type: 'registration.registered',
    } satisfies RegistrationReport),
    tellLost: sendTo(({ context }) => context.parent, { type: 'registration.lost' } satisfies RegistrationReport),
    tellRefused: sendTo(
      ({ context }) => context.parent,
      ({ context }) =>
        ({
          type: 'registration.refused',
          message: `ESM instance with service id '${context.serviceId}' is already registered with Consul`,
        }) satisfies RegistrationReport,
    ),
    countFailure: assign({ failures: ({ context, event }) => failuresAfter(context.failures, event) }),
    forgetFailures: assign({ failures: 0 }),
    countSighting: assign({ sightings: ({ context }) => context.sightings + 1 }),
    forgetSightings: assign({ sightings: 0 }),
  },
  guards: {
    isAlive: (_, status: 'absent' | 'passing' | 'critical') => status === 'passing',
    isStillAlive: ({ context }, status: 'absent' | 'passing' | 'critical') =>
      status === 'passing' && context.sightings >= LOOKS_BEFORE_REFUSAL,
    isKnown: (_, isKnown: boolean) => isKnown,
  },
  delays: {
    /** Without jitter; src/actors/registration.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
    beatInterval: ({ context }) => context.beatMs,
    lookInterval: 1_000,
  },
}).createMachine({
  id: 'registration',
  description: 'Own service and TTL check in Consul.',
  context: ({ input }) => ({ ...input, failures: 0, sightings: 0 }),
  initial: 'looking',
  states: {
    looking: {
      description: 'Finds out whether the service id is free.',
      initial: 'asking',
      on: { 'registration.resign': { target: 'deregistered' } },
      states: {
        asking: {
          description: 'The question is on its way; one asked during an outage may have gone into a hole.',
          invoke: {
            id: 'lookUp',
            src: 'lookUp',
            onDone: [
              {
                guard: { type: 'isStillAlive', params: ({ event }) => event.output },
                target: '#registration.refused',
              },
              {
                guard: { type: 'isAlive', params: ({ event }) => event.output },
                target: 'occupied',
                actions: ['forgetFailures', 'countSighting'],
              },
              { target: '#registration.registering', actions: 'forgetFailures' },
            ],
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'consul.reachable': { target: 'asking', reenter: true } },
        },
        occupied: {
          description:
            'The id passes its TTL check: somebody lives, or died a moment ago. Gives the check time to run out.',
          after: { lookInterval: { target: 'asking' } },
        },
        backingOff: {
          description: 'Consul gave no answer, which proves nobody alive: waits, longer each time.',
          entry: 'forgetSightings',
          after: { backoff: { target: 'asking' } },
          on: { 'consul.reachable': { target: 'asking' } },
        },
      },
    },
    registering: {
      description: 'Puts service and TTL check into Consul.',
      initial: 'asking',
      on: { 'registration.resign': { target: 'deregistering' } },
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
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'consul.reachable': { target: 'asking', reenter: true } },
        },
        backingOff: {
          description: 'Consul did not take it: waits, longer each time.',
          after: { backoff: { target: 'asking' } },
          on: { 'consul.reachable': { target: 'asking' } },
        },
      },
    },
    registered: {
      description: 'The entry stands; its TTL check is passed beat by beat.',
      initial: 'resting',
      on: { 'registration.resign': { target: 'deregistering' } },
      states: {
        resting: {
          description: 'Between two beats; a Consul that was away may have forgotten the entry.',
          after: { beatInterval: { target: 'beating' } },
          on: { 'consul.reachable': { target: 'beating' } },
        },
        beating: {
          description: 'A beat is on its way.',
          invoke: {
            id: 'beat',
            src: 'beat',
            onDone: [
              {
                guard: { type: 'isKnown', params: ({ event }) => event.output },
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
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'consul.reachable': { target: 'beating', reenter: true } },
        },
        backingOff: {
          description: 'The beat failed: the entry may be turning critical, and the next beat mends it.',
          after: { backoff: { target: 'beating' } },
          on: { 'consul.reachable': { target: 'beating' } },
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
            onDone: { target: '#registration.deregistered' },
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'consul.reachable': { target: 'asking', reenter: true } },
        },
        backingOff: {
          description: 'Consul did not take it: waits, longer each time.',
          after: { backoff: { target: 'asking' } },
          on: { 'consul.reachable': { target: 'asking' } },
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
  options: { maxIterations: 20 },
});
