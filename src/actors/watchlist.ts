/** The effects of machines/watchlist.ts: the watch of this instance's own list. */
import { watchlistMachine, type ListNews, type WatchlistActors } from '../../machines/watchlist.ts';
import type { Random } from '../clock.ts';
import type { Catalog, ShareEntry } from '../consul/consul.ts';
import { jitteredBackoff } from './jitter.ts';
import { watching } from './watching.ts';

export interface WatchlistDeps {
  readonly catalog: Pick<Catalog, 'watchShare'>;
  readonly random: Random;
}

const newsOf = (entry: ShareEntry): ListNews => {
  switch (entry.type) {
    case 'absent':
    case 'incomplete':
      return { type: 'list.missed' };
    case 'list':
      return { type: 'list.read', share: entry.share };
    case 'unreadable':
      return { type: 'list.garbled', key: entry.key, reason: entry.reason };
  }
};

const watchlistActors = ({ catalog }: WatchlistDeps): WatchlistActors => ({
  ownList: watching((observer) => catalog.watchShare(observer), newsOf),
});

/** The wired chart, for the daemon chart to start. */
export const watchlistLogic = (deps: WatchlistDeps): typeof watchlistMachine =>
  watchlistMachine.provide({
    actors: watchlistActors(deps) satisfies WatchlistActors,
    delays: { backoff: jitteredBackoff(deps.random) },
  });
