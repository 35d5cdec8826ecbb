/**
 * This instance's share of the nodes, as its list in KV tells it.
 *
 * Decides which list is believed: the last one that could be read. Started by the daemon chart; tells it
 * `watchlist.changed` with each list, `watchlist.unreadable` once when the entry turns into something else,
 * `watchlist.missed` when it is gone, and its news of Consul.
 */
import { assertEvent, assign, sendTo, setup, type AnyActorRef, type CallbackActorLogic } from 'xstate';
import type { Share } from './model.ts';
import { backoffMs } from './rules/backoff.ts';
import { troubleOf, type ActorFailed, type ConsulNews } from './rules/trouble.ts';

export interface WatchlistInput {
  readonly parent: AnyActorRef;
}

export interface WatchlistContext extends WatchlistInput {
  /** The last good list. */
  readonly share: Share | undefined;
  /** Ends in a row of the watch that nobody foresaw. */
  readonly failures: number;
}

/** What the watch of the own entry sends. */
export type ListNews =
  | ConsulNews
  | { readonly type: 'list.read'; readonly share: Share }
  | { readonly type: 'list.missed' }
  | { readonly type: 'list.garbled'; readonly key: string; readonly reason: string };

export type WatchlistEvent = ListNews | { readonly type: 'consul.reachable' };

/** What the daemon chart hears of the watchlist. */
export type WatchlistReport =
  | ConsulNews
  | ActorFailed
  | { readonly type: 'watchlist.changed'; readonly share: Share }
  /** The list is gone: deleted by hand, or by a leader that takes this instance for gone. */
  | { readonly type: 'watchlist.missed' }
  | { readonly type: 'watchlist.unreadable'; readonly key: string; readonly reason: string };

export type WatchlistActors = {
  /** Watches the own entry; `consul.reachable` ends its back-off. */
  readonly ownList: CallbackActorLogic<{ readonly type: 'consul.reachable' }>;
};

export const watchlistMachine = setup({
  types: {
    input: {} as WatchlistInput,
    context: {} as WatchlistContext,
    events: {} as WatchlistEvent,
  },
  actors: {} as WatchlistActors,
  actions: {
    adoptShare: assign(({ event }) => {
      assertEvent(event, 'list.read');
      return { share: event.share, failures: 0 };
    }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    wakeWatch: sendTo('ownList', { type: 'consul.reachable' }),
    tellChanged: sendTo(
      ({ context }) => context.parent,
      ({ event }) => {
        assertEvent(event, 'list.read');
        return { type: 'watchlist.changed', share: event.share } satisfies WatchlistReport;
      },
    ),
    tellMissed: sendTo(({ context }) => context.parent, { type: 'watchlist.missed' } satisfies WatchlistReport),
    tellUnreadable: sendTo(
      ({ context }) => context.parent,
      ({ event }) => {
        assertEvent(event, 'list.garbled');
        return { type: 'watchlist.unreadable', key: event.key, reason: event.reason } satisfies WatchlistReport;
      },
    ),
    tellNews: sendTo(
      ({ context }) => context.parent,
      ({ event }) => {
        assertEvent(event, 'consul.failed');
        return event satisfies WatchlistReport;
      },
    ),
    tellFault: sendTo(
      ({ context }) => context.parent,
      (_, { error }: { readonly error: unknown }) =>
        ({ type: 'actor.failed', actor: 'ownList', ...troubleOf(error) }) satisfies WatchlistReport,
    ),
  },
  guards: {
    hasShare: ({ context }) => context.share !== undefined,
  },
  delays: {
    /** Without jitter; src/actors/watchlist.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
  },
}).createMachine({
  id: 'watchlist',
  description: "This instance's list of nodes: unknown, held, or unreadable.",
  context: ({ input }) => ({ ...input, share: undefined, failures: 0 }),
  initial: 'watching',
  states: {
    watching: {
      description: 'Follows the own entry in KV.',
      initial: 'unknown',
      invoke: {
        id: 'ownList',
        src: 'ownList',
        onError: {
          target: 'faulty',
          actions: ['countFailure', { type: 'tellFault', params: ({ event }) => event }],
        },
      },
      on: {
        'consul.failed': { actions: 'tellNews' },
        'consul.reachable': { actions: 'wakeWatch' },
        'list.read': { target: '.held', actions: ['adoptShare', 'tellChanged'] },
        'list.garbled': { target: '.unreadable', actions: 'tellUnreadable' },
      },
      states: {
        unknown: {
          description: 'No list was read yet: the leader has not given this instance one.',
          always: { guard: 'hasShare', target: 'held' },
        },
        held: {
          description: 'The share is known. An entry that is gone changes nothing: the leader writes it anew.',
          on: { 'list.missed': { actions: 'tellMissed' } },
        },
        unreadable: {
          description: 'The entry is no list; the last good one stays in force. Told once.',
          on: {
            'list.garbled': {},
            'list.missed': { target: 'unknown' },
          },
        },
      },
    },
    faulty: {
      description: 'The watch ended in an error: starts it anew after a while, keeping the last good list.',
      after: { backoff: { target: 'watching' } },
    },
  },
  options: { maxIterations: 20 },
});
