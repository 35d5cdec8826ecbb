/**
 * Who leads the instances that share this service name and tag.
 *
 * Decides when this instance competes for the lock, when it leads, and when it stops. The consistent watch of the lock is
 * the only witness: whoever it shows as holder leads. Started by the daemon chart; tells it its news of Consul, and emits
 * `leadership.waiting`, `leadership.obtained`, `leadership.lost` and `leadership.blocked`.
 */
import {
  assertEvent,
  assign,
  emit,
  sendTo,
  setup,
  type AnyActorRef,
  type CallbackActorLogic,
  type PromiseActorLogic,
} from 'xstate';
import type { assignmentMachine } from './assignment.ts';
import { backoffMs, failuresAfter } from './rules/backoff.ts';
import { troubleOf, type ActorFailed, type ConsulNews } from './rules/trouble.ts';
import type { Holder, SessionReport, sessionMachine } from './session.ts';

export interface LeadershipInput {
  readonly parent: AnyActorRef;
  /** Own service id. */
  readonly serviceId: string;
}

export interface LeadershipContext extends LeadershipInput {
  /** What the watches saw last; undefined: nothing yet. */
  readonly lock: Holder | undefined;
  readonly goLock: Holder | undefined;
  /** Own session, while it is trusted. */
  readonly session: string | undefined;
  /** Tries in a row that Consul did not answer. */
  readonly failures: number;
}

/** What the watches of the two keys send. */
export type LockNews =
  | ConsulNews
  | { readonly type: 'lock.changed'; readonly holder: Holder }
  | { readonly type: 'goLock.changed'; readonly holder: Holder };

export type LeadershipEvent =
  | LockNews
  | SessionReport
  /** A session needs the passing TTL check. */
  | { readonly type: 'registration.registered' }
  /** Its check is gone, and the session may go with it. */
  | { readonly type: 'registration.lost' }
  | { readonly type: 'consul.reachable' }
  | { readonly type: 'leadership.resign' };

/** What the daemon chart hears of the leadership. */
export type LeadershipReport = ConsulNews | ActorFailed;

/** The milestones, for the log. */
export type LeadershipMilestone =
  | { readonly type: 'leadership.waiting' }
  | { readonly type: 'leadership.obtained' }
  | { readonly type: 'leadership.lost' }
  /** Go instances lead under a key of their own: nobody leads here until they are gone or share the key. */
  | { readonly type: 'leadership.blocked' };

type Claim = { readonly session: string };

export type LeadershipActors = {
  /** Watches the lock and, where it is another key, the lock of Go instances; `consul.reachable` ends its back-offs. */
  readonly locks: CallbackActorLogic<{ readonly type: 'consul.reachable' }>;
  readonly session: typeof sessionMachine;
  readonly assignment: typeof assignmentMachine;
  /** Resolves to false when somebody else was first or the lock delay runs. */
  readonly acquire: PromiseActorLogic<boolean, Claim>;
  readonly release: PromiseActorLogic<void, Claim>;
  /** Releases the lock, if it is held, and destroys the session. */
  readonly withdraw: PromiseActorLogic<void, Claim>;
};

/** Free, with a session to claim it and no Go instance that leads. */
const isWithinReach = ({ lock, goLock, session }: LeadershipContext): boolean =>
  lock?.type === 'free' && goLock?.type === 'free' && session !== undefined;

const holds = ({ lock, session }: LeadershipContext): boolean =>
  lock?.type === 'held' && session !== undefined && lock.session === session;

export const leadershipMachine = setup({
  types: {
    input: {} as LeadershipInput,
    context: {} as LeadershipContext,
    events: {} as LeadershipEvent,
    emitted: {} as LeadershipMilestone,
    children: {} as { session: 'session'; assignment: 'assignment'; locks: 'locks' },
  },
  actors: {} as LeadershipActors,
  actions: {
    adoptLock: assign(({ event }) => {
      assertEvent(event, 'lock.changed');
      return { lock: event.holder };
    }),
    adoptGoLock: assign(({ event }) => {
      assertEvent(event, 'goLock.changed');
      return { goLock: event.holder };
    }),
    adoptSession: assign(({ event }) => {
      assertEvent(event, 'session.opened');
      return { session: event.session };
    }),
    /** It keeps a session only while there is a lock to claim or to keep. */
    showSession: sendTo('session', ({ event }) => {
      assertEvent(event, 'lock.changed');
      return event;
    }),
    forgetSession: assign({ session: undefined }),
    /** What a watch that ended saw may no longer be true. */
    forgetLocks: assign({ lock: undefined, goLock: undefined }),
    countFailure: assign({ failures: ({ context, event }) => failuresAfter(context.failures, event) }),
    forgetFailures: assign({ failures: 0 }),
    verifySession: sendTo('session', { type: 'session.verify' }),
    wakeWatches: sendTo('locks', { type: 'consul.reachable' }),
    wakeAssignment: sendTo('assignment', { type: 'consul.reachable' }),
    announceWaiting: emit({ type: 'leadership.waiting' }),
    announceObtained: emit({ type: 'leadership.obtained' }),
    announceLost: emit({ type: 'leadership.lost' }),
    announceBlocked: emit({ type: 'leadership.blocked' }),
    tellFailed: sendTo(
      ({ context }) => context.parent,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'consul.failed', ...troubleOf(error) }) satisfies LeadershipReport,
    ),
    tellNews: sendTo(
      ({ context }) => context.parent,
      ({ event }) => {
        assertEvent(event, 'consul.failed');
        return event satisfies LeadershipReport;
      },
    ),
    tellFault: sendTo(
      ({ context }) => context.parent,
      (_, { actor, error }: { readonly actor: string; readonly error: unknown }) =>
        ({ type: 'actor.failed', actor, ...troubleOf(error) }) satisfies LeadershipReport,
    ),
  },
  guards: {
    isEntitled: ({ context }) => holds(context) && context.goLock?.type === 'free',
    isOverruled: ({ context }) => holds(context) && context.goLock?.type === 'held',
    isNotHolder: ({ context }) => !holds(context),
    isGoLeading: ({ context }) => context.goLock?.type === 'held',
    isGoGone: ({ context }) => context.goLock?.type === 'free',
    isBlocked: ({ context }) => context.lock?.type === 'free' && context.goLock?.type === 'held',
    isWithinReach: ({ context }) => isWithinReach(context),
    isOutOfReach: ({ context }) => !isWithinReach(context),
    isAcquired: (_, isAcquired: boolean) => isAcquired,
    hasNoSession: ({ context }) => context.session === undefined,
  },
  delays: {
    /** Without jitter; src/actors/leadership.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
    /** The lock delay is the holder's choice and not to be read: tried every half second until it is over. */
    lockRetry: 500,
    /** How long the watch may take to show what was acquired. */
    witnessLimit: 2_000,
    recovery: 10_000,
  },
}).createMachine({
  id: 'leadership',
  description: 'Follower, candidate or leader, as the lock in Consul shows.',
  context: ({ input }) => ({ ...input, lock: undefined, goLock: undefined, session: undefined, failures: 0 }),
  initial: 'unregistered',
  states: {
    unregistered: {
      description: 'Waits for the own registration: no session without the passing TTL check.',
      on: {
        'registration.registered': { target: 'competing', actions: 'announceWaiting' },
        'leadership.resign': { target: 'resigned' },
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
            actions: { type: 'tellFault', params: ({ event }) => ({ actor: 'locks', error: event.error }) },
          },
        },
        {
          id: 'session',
          src: 'session',
          input: ({ context, self }) => ({ parent: self, newsTo: context.parent }),
          onError: {
            target: 'faulty',
            actions: { type: 'tellFault', params: ({ event }) => ({ actor: 'session', error: event.error }) },
          },
        },
      ],
      on: {
        'lock.changed': { actions: ['adoptLock', 'showSession'] },
        'goLock.changed': { actions: 'adoptGoLock' },
        'session.opened': { actions: 'adoptSession' },
        'session.lost': { actions: 'forgetSession' },
        'consul.failed': { actions: 'tellNews' },
        'consul.reachable': { actions: ['wakeWatches', 'verifySession'] },
        'registration.registered': { actions: 'verifySession' },
        'registration.lost': { actions: 'verifySession' },
        'leadership.resign': [{ guard: 'hasNoSession', target: 'resigned' }, { target: 'resigning' }],
      },
      states: {
        follower: {
          description: 'Somebody else holds the lock, or who does is not known yet.',
          always: [
            { guard: 'isEntitled', target: 'leader' },
            { guard: 'isOverruled', target: 'releasing' },
            { guard: 'isBlocked', target: 'blocked' },
            { guard: 'isWithinReach', target: 'candidate' },
          ],
        },
        blocked: {
          description: 'Go instances hold a key of their own: to lead beside them would give every node two probers.',
          entry: 'announceBlocked',
          always: [
            { guard: 'isGoGone', target: 'follower' },
            { guard: 'isOverruled', target: 'releasing' },
          ],
        },
        candidate: {
          description: 'The lock is free: competes for it, and waits out its lock delay.',
          initial: 'acquiring',
          always: [
            { guard: 'isEntitled', target: 'leader' },
            { guard: 'isOutOfReach', target: 'follower' },
          ],
          states: {
            acquiring: {
              description: 'The try is on its way; one sent during an outage may have gone into a hole.',
              invoke: {
                id: 'acquire',
                src: 'acquire',
                input: ({ context }) => ({ session: context.session ?? '' }),
                onDone: [
                  {
                    guard: { type: 'isAcquired', params: ({ event }) => event.output },
                    target: 'awaitingWitness',
                    actions: 'forgetFailures',
                  },
                  { target: 'delayed', actions: ['forgetFailures', 'verifySession'] },
                ],
                onError: {
                  target: 'backingOff',
                  actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }, 'verifySession'],
                },
              },
              on: {
                'consul.reachable': { target: 'acquiring', reenter: true, actions: ['wakeWatches', 'verifySession'] },
              },
            },
            awaitingWitness: {
              description: 'The lock was given; the watch has yet to show it.',
              after: { witnessLimit: { target: 'acquiring' } },
            },
            delayed: {
              description:
                'The lock is free and not to be had: its lock delay runs, or the session has died unnoticed.',
              after: { lockRetry: { target: 'acquiring' } },
            },
            backingOff: {
              description: 'The try failed, perhaps for want of a living session: waits, longer each time.',
              after: { backoff: { target: 'acquiring' } },
              on: { 'consul.reachable': { target: 'acquiring', actions: ['wakeWatches', 'verifySession'] } },
            },
          },
        },
        leader: {
          description: 'Holds the lock with a trusted session, and shares out the nodes.',
          entry: 'announceObtained',
          exit: 'announceLost',
          always: [
            { guard: 'isNotHolder', target: 'follower', actions: 'announceWaiting' },
            { guard: 'isGoLeading', target: 'releasing', actions: 'announceWaiting' },
          ],
          invoke: {
            id: 'assignment',
            src: 'assignment',
            input: ({ context }) => ({
              newsTo: context.parent,
              serviceId: context.serviceId,
              session: context.session ?? '',
            }),
            onDone: { target: 'releasing', actions: 'announceWaiting' },
            onError: {
              target: '#leadership.faulty',
              actions: { type: 'tellFault', params: ({ event }) => ({ actor: 'assignment', error: event.error }) },
            },
          },
          on: { 'consul.reachable': { actions: ['wakeWatches', 'verifySession', 'wakeAssignment'] } },
        },
        releasing: {
          description: 'Leads no more: gives the lock back, until the watch shows it in no or other hands.',
          initial: 'asking',
          always: { guard: 'isNotHolder', target: 'follower' },
          states: {
            asking: {
              description: 'The release is on its way; one sent during an outage may have gone into a hole.',
              invoke: {
                id: 'release',
                src: 'release',
                input: ({ context }) => ({ session: context.session ?? '' }),
                onDone: { target: 'awaitingWitness', actions: 'forgetFailures' },
                onError: {
                  target: 'backingOff',
                  actions: ['countFailure', { type: 'tellFailed', params: ({ event }) => event }, 'verifySession'],
                },
              },
              on: {
                'consul.reachable': { target: 'asking', reenter: true, actions: ['wakeWatches', 'verifySession'] },
              },
            },
            awaitingWitness: {
              description: 'The lock was given back; the watch has yet to show it.',
              after: { witnessLimit: { target: 'asking' } },
            },
            backingOff: {
              description: 'The release failed: waits, longer each time.',
              after: { backoff: { target: 'asking' } },
              on: { 'consul.reachable': { target: 'asking', actions: ['wakeWatches', 'verifySession'] } },
            },
          },
        },
      },
    },
    faulty: {
      description: 'An actor ended in an error that nobody foresaw: starts anew after a while.',
      initial: 'deciding',
      on: { 'leadership.resign': [{ guard: 'hasNoSession', target: 'resigned' }, { target: 'resigning' }] },
      states: {
        deciding: {
          description: 'Is there a session to give back?',
          always: [{ guard: 'hasNoSession', target: 'resting' }, { target: 'withdrawing' }],
        },
        withdrawing: {
          description: 'Lets go of lock and session, so that another can lead; once, for they run out by themselves.',
          invoke: {
            id: 'withdrawFaulty',
            src: 'withdraw',
            input: ({ context }) => ({ session: context.session ?? '' }),
            onDone: { target: 'resting', actions: 'forgetSession' },
            onError: {
              target: 'resting',
              actions: [{ type: 'tellFailed', params: ({ event }) => event }, 'forgetSession'],
            },
          },
          on: { 'consul.reachable': { target: 'withdrawing', reenter: true } },
        },
        resting: {
          description: 'Gives another the time to lead.',
          after: { recovery: { target: '#leadership.competing', actions: ['forgetLocks', 'announceWaiting'] } },
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
            input: ({ context }) => ({ session: context.session ?? '' }),
            onDone: { target: '#leadership.resigned' },
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
    resigned: {
      description: 'Holds neither lock nor session.',
      type: 'final',
    },
  },
  options: { maxIterations: 20 },
});
