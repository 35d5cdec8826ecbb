/**
 * One living Consul session: what a claim to the leader's lock rests on.
 *
 * Decides when a session is made, renewed and given back, and when it counts as lost: while another holds the lock there is
 * nothing to claim, and none is kept. Started by the leadership chart once this instance is registered, and told by it what
 * the watch of the lock sees; tells it `session.opened` and `session.lost`, and `newsTo` its news of Consul.
 */
import { assertEvent, assign, sendTo, setup, type AnyActorRef, type PromiseActorLogic } from 'xstate';
import { backoffMs, failuresAfter } from './rules/backoff.ts';
import { troubleOf, type ConsulNews } from './rules/trouble.ts';

export interface SessionInput {
  readonly parent: AnyActorRef;
  readonly newsTo: AnyActorRef;
}

/**
 * How long after a renewal was answered the session is trusted. Where the network is cut, Consul's servers take the agent for
 * dead some 5 s later and end its sessions, and the lock is free 1 s after that: 6 s after the last renewal at the earliest.
 * Where only the beats stay away, it is longer. A process that stands still finds renewal and trust overdue together. The
 * trust goes first, so that it does nothing as leader; then the session is asked about, not destroyed, for it may live on in
 * Consul, and so may the claim.
 */
const TRUST_MS = 5_500;

/** How long a renewal may take: short enough for a second try within the trust. */
const RENEW_LIMIT_MS = 2_000;

export interface SessionContext extends SessionInput {
  readonly session: string;
  /** Time to the next renewal, as Consul told; 0 before it did. */
  readonly renewMs: number;
  /** Tries in a row that Consul did not answer. */
  readonly failures: number;
}

/** A lock key as the watch shows it. */
export type Holder = { readonly type: 'free' } | { readonly type: 'held'; readonly session: string };

export type SessionEvent =
  /** Find out now whether the session lives, or can be had. */
  | { readonly type: 'session.verify' }
  /** Who holds the lock that sessions are for. */
  | { readonly type: 'lock.changed'; readonly holder: Holder };

/** What the leadership chart hears of the session. */
export type SessionReport =
  { readonly type: 'session.opened'; readonly session: string } | { readonly type: 'session.lost' };

export type SessionActors = {
  /** Resolves to the new session's id; undefined: the own TTL check does not bear one, being critical or not there. */
  readonly create: PromiseActorLogic<string | undefined>;
  /** Resolves to the time to the next renewal in milliseconds; undefined: the session is dead. Rejects after `limitMs`. */
  readonly renew: PromiseActorLogic<number | undefined, Renewal>;
  readonly destroy: PromiseActorLogic<void, { readonly session: string }>;
};

/** A renewal to be sent: of which session, and how long it may take. */
export interface Renewal {
  readonly session: string;
  readonly limitMs: number;
}

const renewalOf = ({ context }: { readonly context: SessionContext }): Renewal => ({
  session: context.session,
  limitMs: RENEW_LIMIT_MS,
});

export const sessionMachine = setup({
  types: {
    input: {} as SessionInput,
    context: {} as SessionContext,
    events: {} as SessionEvent,
  },
  actors: {} as SessionActors,
  actions: {
    adoptSession: assign((_, session: string | undefined) => ({ session: session ?? '', renewMs: 0, failures: 0 })),
    adoptRenewal: assign((_, { output = 0 }: { readonly output: number | undefined }) => ({
      renewMs: output,
      failures: 0,
    })),
    countFailure: assign({ failures: ({ context, event }) => failuresAfter(context.failures, event) }),
    forgetFailures: assign({ failures: 0 }),
    tellOpened: sendTo(
      ({ context }) => context.parent,
      ({ context }) => ({ type: 'session.opened', session: context.session }) satisfies SessionReport,
    ),
    tellLost: sendTo(({ context }) => context.parent, { type: 'session.lost' } satisfies SessionReport),
    tellFailed: sendTo(
      ({ context }) => context.newsTo,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'consul.failed', ...troubleOf(error) }) satisfies ConsulNews,
    ),
  },
  guards: {
    isLockFree: ({ event }) => {
      assertEvent(event, 'lock.changed');
      return event.holder.type === 'free';
    },
    isLockOthers: ({ context, event }) => {
      assertEvent(event, 'lock.changed');
      return event.holder.type === 'held' && event.holder.session !== context.session;
    },
    isMade: (_, { output }: { readonly output: string | undefined }) => output !== undefined,
    isAlive: (_, { output }: { readonly output: number | undefined }) => output !== undefined,
  },
  delays: {
    /** Without jitter; src/actors/session.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
    /** At least twice within the trust: an election among Consul's servers takes some seconds. */
    renewInterval: ({ context }) => Math.min(context.renewMs, TRUST_MS / 2),
    trust: TRUST_MS,
  },
}).createMachine({
  id: 'session',
  description: 'Keeps one Consul session alive, while there is a lock to claim or to keep.',
  context: ({ input }) => ({ ...input, session: '', renewMs: 0, failures: 0 }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Another holds the lock, or who does is not known yet: no session is needed.',
      on: { 'lock.changed': { guard: 'isLockFree', target: 'opening' } },
    },
    opening: {
      description: 'There is no session, and need of one.',
      initial: 'asking',
      on: { 'lock.changed': { guard: 'isLockOthers', target: 'idle', actions: 'forgetFailures' } },
      states: {
        asking: {
          description: 'Asks for one. Another that was made of a lost answer runs out by itself.',
          invoke: {
            id: 'create',
            src: 'create',
            onDone: [
              {
                guard: { type: 'isMade', params: ({ event }) => event },
                target: '#session.open',
                actions: [{ type: 'adoptSession', params: ({ event }) => event.output }, 'tellOpened'],
              },
              { target: 'backingOff', actions: 'countFailure' },
            ],
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'session.verify': { target: 'asking', reenter: true } },
        },
        backingOff: {
          description: 'There is none to be had, perhaps until the TTL check passes again: waits, longer each time.',
          after: { backoff: { target: 'asking' } },
          on: { 'session.verify': { target: 'asking' } },
        },
      },
    },
    open: {
      description: 'The session was alive a short while ago; every renewal starts that while anew.',
      initial: 'resting',
      after: { trust: { target: 'doubted', actions: 'tellLost' } },
      on: { 'lock.changed': { guard: 'isLockOthers', target: 'closing', actions: 'tellLost' } },
      states: {
        resting: {
          description: 'Between two renewals.',
          after: { renewInterval: { target: 'renewing' } },
          on: { 'session.verify': { target: 'renewing' } },
        },
        renewing: {
          description: 'A renewal is on its way, with a limit: one that hangs must not eat up the trust.',
          invoke: {
            id: 'renew',
            src: 'renew',
            input: renewalOf,
            onDone: [
              {
                guard: { type: 'isAlive', params: ({ event }) => event },
                target: '#session.open',
                reenter: true,
                actions: { type: 'adoptRenewal', params: ({ event }) => event },
              },
              { target: '#session.opening', actions: ['forgetFailures', 'tellLost'] },
            ],
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'session.verify': { target: 'renewing', reenter: true } },
        },
        backingOff: {
          description: 'The renewal failed: tries again, for as long as the session is trusted.',
          after: { backoff: { target: 'renewing' } },
          on: { 'session.verify': { target: 'renewing' } },
        },
      },
    },
    doubted: {
      description:
        'Trusted no more and perhaps still alive: nothing is claimed by it before Consul says that it lives.',
      initial: 'asking',
      on: { 'lock.changed': { guard: 'isLockOthers', target: 'closing' } },
      states: {
        asking: {
          description: 'A renewal is on its way, with a limit: one that hangs would keep the lock from everybody.',
          invoke: {
            id: 'renewDoubted',
            src: 'renew',
            input: renewalOf,
            onDone: [
              {
                guard: { type: 'isAlive', params: ({ event }) => event },
                target: '#session.open',
                actions: [{ type: 'adoptRenewal', params: ({ event }) => event }, 'tellOpened'],
              },
              { target: '#session.opening', actions: 'forgetFailures' },
            ],
            onError: {
              target: 'backingOff',
              actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }],
            },
          },
          on: { 'session.verify': { target: 'asking', reenter: true } },
        },
        backingOff: {
          description: 'Consul did not say: waits, longer each time.',
          after: { backoff: { target: 'asking' } },
          on: { 'session.verify': { target: 'asking' } },
        },
      },
    },
    closing: {
      description: 'Another holds the lock: gives the session back; once, for it runs out by itself.',
      entry: 'forgetFailures',
      invoke: {
        id: 'destroy',
        src: 'destroy',
        input: ({ context }) => ({ session: context.session }),
        onDone: { target: 'idle' },
        onError: { target: 'idle', actions: { type: 'tellFailed', params: ({ event }) => event } },
      },
      on: { 'lock.changed': { guard: 'isLockFree', target: 'opening' } },
    },
  },
  options: { maxIterations: 20 },
});
