/**
 * The daemon as a whole.
 *
 * Decides when the parts start and stop, and whether Consul is reachable: the one place that knows of an outage.
 * Started by src/daemon.ts as a root actor; emits what a log or an exit code must say, and ends with its verdict.
 */
import {
  assertEvent,
  assign,
  emit,
  raise,
  sendTo,
  setup,
  type CallbackActorLogic,
  type PromiseActorLogic,
} from 'xstate';
import type { leadershipMachine, LeadershipInput, LeadershipReport } from './leadership.ts';
import type { registrationMachine, RegistrationReport } from './registration.ts';
import { backoffMs } from './rules/backoff.ts';
import { troubleOf, type ActorFailed, type ConsulNews, type Trouble } from './rules/trouble.ts';
import type { watchlistMachine, WatchlistReport } from './watchlist.ts';
import type { writerMachine, WriterReport } from './writer.ts';

export interface DaemonInput extends Omit<LeadershipInput, 'parent'> {
  /** Time between two beats of the own TTL check, in milliseconds. */
  readonly beatMs: number;
  /** How long writes gather; 0: until the event loop turns. */
  readonly batchFlushIntervalMs: number;
}

/** How it ended: a clean stop, or a refusal with its exit code. */
export type Verdict =
  { readonly type: 'stopped' } | { readonly type: 'refused'; readonly exitCode: 12 | 13; readonly message: string };

export interface DaemonContext extends DaemonInput {
  readonly verdict: Verdict;
  /** How often a part of the daemon has died since all last ran without trouble. */
  readonly failures: number;
}

/** What src/daemon.ts logs; `trouble` begins and ends once, however many requests meet it. */
export type DaemonEmitted =
  | ({ readonly type: 'contact.failed' } & Trouble)
  | ({ readonly type: 'consul.lost' } & Trouble)
  | { readonly type: 'consul.returned' }
  | ({ readonly type: 'request.refused' } & Trouble)
  | { readonly type: 'request.accepted' }
  | { readonly type: 'list.unreadable'; readonly key: string; readonly reason: string }
  | ({ readonly type: 'part.failed'; readonly part: string } & Trouble);

export type DaemonEvent =
  | ConsulNews
  | RegistrationReport
  | LeadershipReport
  | WatchlistReport
  | WriterReport
  | { readonly type: 'daemon.stop' }
  /** The configuration was read anew. */
  | { readonly type: 'settings.changed' }
  /** Raised when a part has ended as it was asked to, or of an error. */
  | { readonly type: 'leadership.resigned' }
  | { readonly type: 'registration.deregistered' }
  | { readonly type: 'part.failed' };

/** What the roster hears. */
export type RosterEvent =
  | Extract<WatchlistReport, { readonly type: 'watchlist.changed' }>
  | { readonly type: 'consul.reachable' }
  | { readonly type: 'settings.changed' }
  /** Probe nothing any more; reports under way are still answered. */
  | { readonly type: 'roster.quiet' };

export type DaemonActors = {
  /** Is this Consul up, new enough, led, and ours to read? */
  readonly contact: PromiseActorLogic<void>;
  /** Asks once a second whether Consul is back; ends with its first good answer. */
  readonly awaitConsul: PromiseActorLogic<void>;
  readonly registration: typeof registrationMachine;
  readonly leadership: typeof leadershipMachine;
  readonly watchlist: typeof watchlistMachine;
  readonly writer: typeof writerMachine;
  /** This instance's nodes and their checks, each an actor system of its own. */
  readonly roster: CallbackActorLogic<RosterEvent>;
};

export const daemonMachine = setup({
  types: {
    input: {} as DaemonInput,
    context: {} as DaemonContext,
    events: {} as DaemonEvent,
    emitted: {} as DaemonEmitted,
    output: {} as Verdict,
  },
  actors: {} as DaemonActors,
  actions: {
    refuseConsul: assign((_, { error }: { readonly error: unknown }) => ({
      verdict: { type: 'refused', exitCode: 12, message: troubleOf(error).message } as const,
    })),
    refuseSecond: assign((_, { message }: { readonly message: string }) => ({
      verdict: { type: 'refused', exitCode: 13, message } as const,
    })),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    endLeadership: raise({ type: 'leadership.resigned' }),
    endRegistration: raise({ type: 'registration.deregistered' }),
    failPart: raise({ type: 'part.failed' }),
    tellContactFailed: emit((_, { error }: { readonly error: unknown }) => ({
      type: 'contact.failed' as const,
      ...troubleOf(error),
    })),
    tellPartFailed: emit((_, { actorId, error }: { readonly actorId: string; readonly error: unknown }) => ({
      type: 'part.failed' as const,
      part: actorId,
      ...troubleOf(error),
    })),
    /** Of an actor beneath a part, which starts it anew by itself. */
    tellActorFailed: emit((_, { actor, code, message }: ActorFailed) => ({
      type: 'part.failed' as const,
      part: actor,
      code,
      message,
    })),
    tellUnreadable: emit((_, { key, reason }: { readonly key: string; readonly reason: string }) => ({
      type: 'list.unreadable' as const,
      key,
      reason,
    })),
    tellLost: emit((_, { code, message }: Trouble) => ({ type: 'consul.lost' as const, code, message })),
    tellReturned: emit({ type: 'consul.returned' }),
    tellRefused: emit((_, { code, message }: Trouble) => ({ type: 'request.refused' as const, code, message })),
    tellAccepted: emit({ type: 'request.accepted' }),
    passToLeadership: sendTo('leadership', ({ event }) => {
      assertEvent(event, ['registration.registered', 'registration.lost']);
      return event;
    }),
    passToRoster: sendTo('roster', ({ event }) => {
      assertEvent(event, ['watchlist.changed', 'settings.changed']);
      return event;
    }),
    quietRoster: sendTo('roster', { type: 'roster.quiet' }),
    drainWriter: sendTo('writer', { type: 'writer.drain' }),
    resignLeadership: sendTo('leadership', { type: 'leadership.resign' }),
    resignRegistration: sendTo('registration', { type: 'registration.resign' }),
    wakeRegistration: sendTo('registration', { type: 'consul.reachable' }),
    wakeLeadership: sendTo('leadership', { type: 'consul.reachable' }),
    wakeWatchlist: sendTo('watchlist', { type: 'consul.reachable' }),
    wakeWriter: sendTo('writer', { type: 'consul.reachable' }),
    wakeRoster: sendTo('roster', { type: 'consul.reachable' }),
  },
  guards: {
    isUnsupported: (_, { error }: { readonly error: unknown }) => troubleOf(error).code === 'ESM_CONSUL_UNSUPPORTED',
    isOutage: ({ event }) => event.type === 'consul.failed' && event.code === 'ESM_CONSUL_UNAVAILABLE',
    isRefusal: ({ event }) => event.type === 'consul.failed' && event.code !== 'ESM_CONSUL_UNAVAILABLE',
  },
  delays: {
    contactInterval: 1_000,
    /** Behaviour.md section 9: a graceful stop takes no longer. */
    stopLimit: 5_000,
    /** How long Consul must answer everybody before the outage counts as over. */
    steadiness: 2_000,
    /** After so long without a part's death, the next one is the first again. */
    health: 60_000,
    /** Longer than the longest back-off: whatever is still refused has shown itself by then. */
    quietness: 15_000,
    /** Without jitter; src/daemon.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
  },
}).createMachine({
  id: 'daemon',
  description: 'Contact with Consul, then service until told to stop.',
  context: ({ input }) => ({ ...input, verdict: { type: 'stopped' }, failures: 0 }),
  output: ({ context }) => context.verdict,
  initial: 'contacting',
  states: {
    contacting: {
      description: 'Waits for a Consul that can be worked with.',
      initial: 'asking',
      on: { 'daemon.stop': { target: 'stopped' } },
      states: {
        asking: {
          description: 'Asks the agent who it is.',
          invoke: {
            id: 'contact',
            src: 'contact',
            onDone: { target: '#daemon.serving' },
            onError: [
              {
                guard: { type: 'isUnsupported', params: ({ event }) => event },
                target: '#daemon.stopped',
                actions: { type: 'refuseConsul', params: ({ event }) => event },
              },
              { target: 'waiting', actions: { type: 'tellContactFailed', params: ({ event }) => event } },
            ],
          },
        },
        waiting: {
          description: 'No Consul, no leader, or no permission: asks again in a moment, for as long as it takes.',
          after: { contactInterval: { target: 'asking' } },
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
          input: ({ context, self }) => ({ parent: self, batchFlushIntervalMs: context.batchFlushIntervalMs }),
          onError: { actions: [{ type: 'tellPartFailed', params: ({ event }) => event }, 'failPart'] },
        },
        {
          id: 'registration',
          src: 'registration',
          input: ({ context, self }) => ({ parent: self, serviceId: context.serviceId, beatMs: context.beatMs }),
          onDone: { actions: 'endRegistration' },
          onError: { actions: [{ type: 'tellPartFailed', params: ({ event }) => event }, 'failPart'] },
        },
        {
          id: 'leadership',
          systemId: 'leadership',
          src: 'leadership',
          input: ({ context, self }) => ({ ...context, parent: self }),
          onDone: { actions: 'endLeadership' },
          onError: { actions: [{ type: 'tellPartFailed', params: ({ event }) => event }, 'failPart'] },
        },
        {
          id: 'watchlist',
          systemId: 'watchlist',
          src: 'watchlist',
          input: ({ self }) => ({ parent: self }),
          onError: { actions: [{ type: 'tellPartFailed', params: ({ event }) => event }, 'failPart'] },
        },
        {
          id: 'roster',
          src: 'roster',
          onError: { actions: [{ type: 'tellPartFailed', params: ({ event }) => event }, 'failPart'] },
        },
      ],
      on: {
        'registration.refused': { target: 'stopped', actions: { type: 'refuseSecond', params: ({ event }) => event } },
        'registration.registered': { actions: 'passToLeadership' },
        'registration.lost': {
          description:
            'Consul may have lost its state with no connection broken, and hold each watch for an old index.',
          actions: ['passToLeadership', 'wakeLeadership', 'wakeWatchlist', 'wakeRoster'],
        },
        'watchlist.changed': { actions: 'passToRoster' },
        'settings.changed': { actions: 'passToRoster' },
        'watchlist.missed': {
          description: 'A leader deletes the lists of who is gone: is the own entry still there?',
          actions: 'wakeRegistration',
        },
        'watchlist.unreadable': { actions: { type: 'tellUnreadable', params: ({ event }) => event } },
        'actor.failed': { actions: { type: 'tellActorFailed', params: ({ event }) => event } },
      },
      after: { health: { actions: 'forgetFailures' } },
      states: {
        phase: {
          description: 'At work, or on the way out.',
          initial: 'running',
          states: {
            running: {
              description: 'Probes, reports, takes its part in the fleet.',
              on: {
                'daemon.stop': { target: 'stopping' },
                'part.failed': { target: '#daemon.restarting' },
              },
            },
            stopping: {
              description:
                'Probes nothing more; gives back lock and entry, and writes what is owed. No part starts anew.',
              type: 'parallel',
              entry: ['quietRoster', 'resignLeadership', 'drainWriter'],
              after: { stopLimit: { target: '#daemon.stopped' } },
              onDone: { target: '#daemon.stopped' },
              states: {
                presence: {
                  description: 'The lock first: it falls with the entry, and then only after its delay.',
                  initial: 'resigning',
                  states: {
                    resigning: {
                      description: 'The lock is being released.',
                      on: { 'leadership.resigned': { target: 'deregistering', actions: 'resignRegistration' } },
                    },
                    deregistering: {
                      description: 'Service and TTL check are being taken out of Consul.',
                      on: { 'registration.deregistered': { target: 'withdrawn' } },
                    },
                    withdrawn: { description: 'Consul knows nothing of this instance any more.', type: 'final' },
                  },
                },
                writes: {
                  description: 'What checks and nodes have reported.',
                  initial: 'draining',
                  states: {
                    draining: {
                      description: 'Reports are still on their way.',
                      on: { 'writer.emptied': { target: 'drained' } },
                    },
                    drained: { description: 'Nothing is owed.', type: 'final' },
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
                  actions: { type: 'tellLost', params: ({ event }) => event },
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
                    onError: { target: 'awaited', reenter: true },
                  },
                },
                returning: {
                  description: 'It answers again; believed when nothing fails for a while.',
                  on: { 'consul.failed': { guard: 'isOutage', target: 'awaited' } },
                  after: { steadiness: { target: '#daemon.serving.consul.reachable', actions: 'tellReturned' } },
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
                  actions: { type: 'tellRefused', params: ({ event }) => event },
                },
              },
            },
            refused: {
              description: 'Something is refused, and tried again by whoever asked.',
              on: { 'consul.failed': { guard: 'isRefusal', target: 'refused', reenter: true } },
              after: { quietness: { target: 'accepted', actions: 'tellAccepted' } },
            },
          },
        },
      },
    },
    restarting: {
      description: 'A part has died of an error that nobody foresaw: all parts start anew after a while.',
      entry: 'countFailure',
      on: { 'daemon.stop': { target: 'stopped' } },
      after: { backoff: { target: 'serving' } },
    },
    stopped: { description: 'Nothing runs any more.', type: 'final' },
  },
  options: { maxIterations: 50 },
});
