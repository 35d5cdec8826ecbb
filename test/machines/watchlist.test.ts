import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Share } from '../../machines/model.ts';
import { watchlistMachine, type ListNews, type WatchlistActors } from '../../machines/watchlist.ts';
import { watchlistLogic } from '../../src/actors/watchlist.ts';
import type { ShareEntry, WatchObserver } from '../../src/consul/consul.ts';
import { EsmError } from '../../src/errors.ts';
import { createCoverage } from '../support/chart.ts';
import { startChildChart, type ChildChart } from '../support/child-chart.ts';
import { createCallbackPort } from '../support/fake-ports.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const FIRST: Share = { nodes: ['a'], probes: ['b'], modifyIndex: 7 };
const SECOND: Share = { nodes: [], probes: ['b'], modifyIndex: 9 };
const READ: ListNews = { type: 'list.read', share: FIRST };
const GARBLED: ListNews = { type: 'list.garbled', key: 'consul-esm/agents/x', reason: 'not JSON' };
const MISSED: ListNews = { type: 'list.missed' };
const UNREADABLE = { type: 'watchlist.unreadable', key: 'consul-esm/agents/x', reason: 'not JSON' };

const coverage = createCoverage(watchlistMachine);
let clock = createVirtualClock();
let port = createCallbackPort<{ readonly type: 'consul.reachable' }, ListNews>();
let chart: ChildChart<typeof watchlistMachine>;

const start = (): void => {
  const wired = watchlistMachine.provide({ actors: { ownList: port.logic } satisfies WatchlistActors });
  chart = startChildChart(wired, {}, { clock, inspect: coverage.inspect });
};

beforeEach(() => {
  clock = createVirtualClock();
  port = createCallbackPort();
});

afterEach(() => {
  chart.stop();
  expect(clock.pending).toBe(0);
  expect(port.runs.every(({ isStopped }) => isStopped())).toBe(true);
});

interface Story {
  readonly name: string;
  readonly news: readonly ListNews[];
  readonly state: string;
  readonly told: readonly object[];
}

const stories: readonly Story[] = [
  { name: 'knows nothing before the first answer', news: [], state: 'unknown', told: [] },
  { name: 'knows nothing while there is no list', news: [MISSED], state: 'unknown', told: [] },
  { name: 'tells a list', news: [READ], state: 'held', told: [{ type: 'watchlist.changed', share: FIRST }] },
  {
    name: 'tells every further list',
    news: [READ, { type: 'list.read', share: SECOND }],
    state: 'held',
    told: [
      { type: 'watchlist.changed', share: FIRST },
      { type: 'watchlist.changed', share: SECOND },
    ],
  },
  {
    name: 'goes on with its list when the entry is gone, and tells of it',
    news: [READ, MISSED],
    state: 'held',
    told: [{ type: 'watchlist.changed', share: FIRST }, { type: 'watchlist.missed' }],
  },
  {
    name: 'tells of an unreadable entry once, with its key',
    news: [READ, GARBLED, GARBLED],
    state: 'unreadable',
    told: [{ type: 'watchlist.changed', share: FIRST }, UNREADABLE],
  },
  { name: 'tells of an unreadable first entry', news: [GARBLED], state: 'unreadable', told: [UNREADABLE] },
  {
    name: 'takes a readable list after an unreadable one',
    news: [GARBLED, READ],
    state: 'held',
    told: [UNREADABLE, { type: 'watchlist.changed', share: FIRST }],
  },
  {
    name: 'tells anew when a mended entry breaks again',
    news: [GARBLED, READ, GARBLED],
    state: 'unreadable',
    told: [UNREADABLE, { type: 'watchlist.changed', share: FIRST }, UNREADABLE],
  },
  {
    name: 'is back at its last list when the unreadable entry is deleted',
    news: [READ, GARBLED, MISSED],
    state: 'held',
    told: [{ type: 'watchlist.changed', share: FIRST }, UNREADABLE],
  },
  {
    name: 'knows nothing when an unreadable first entry is deleted',
    news: [GARBLED, MISSED],
    state: 'unknown',
    told: [UNREADABLE],
  },
];

describe('the list', () => {
  it.each(stories)('$name', ({ news, state, told }) => {
    start();
    for (const item of news) port.last().send(item);
    expect(chart.state()).toEqual({ watching: state });
    expect(chart.told).toEqual(told);
  });
});

describe('the watch', () => {
  it('passes on what it learns of Consul', () => {
    start();
    const failed = { type: 'consul.failed', code: 'ESM_CONSUL_UNAVAILABLE', message: 'refused' } as const;
    port.last().send(failed);
    expect(chart.told).toEqual([failed]);
  });

  it('is woken when Consul is back', () => {
    start();
    chart.actor.send({ type: 'consul.reachable' });
    expect(port.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it('is started anew after an error, later each time, and the list stays', async () => {
    port.failNext(new TypeError('bug'));
    start();
    expect(chart.told).toEqual([{ type: 'actor.failed', actor: 'ownList', code: 'ESM_UNEXPECTED', message: 'bug' }]);
    port.failNext(new TypeError('bug'));
    await clock.advance(250);
    await clock.advance(499);
    expect(chart.state()).toBe('faulty');
    await clock.advance(1);
    port.last().send(READ);
    expect(chart.state()).toEqual({ watching: 'held' });
    expect(chart.actor.getSnapshot().context.failures).toBe(0);
  });
});

describe('the wired chart', () => {
  it('turns what the catalog says into its own words, and ends the watch with itself', () => {
    let observer: WatchObserver<ShareEntry> | undefined;
    const calls: string[] = [];
    const watchShare = (given: WatchObserver<ShareEntry>) => {
      observer = given;
      return { stop: () => calls.push('stop'), wake: () => calls.push('wake') };
    };
    chart = startChildChart(watchlistLogic({ catalog: { watchShare }, random: () => 0 }), {}, { clock });
    observer?.onTrouble(new EsmError('ESM_CONSUL_FORBIDDEN', 'key:read needed'));
    observer?.onAnswer({ type: 'absent' }, 1);
    observer?.onAnswer({ type: 'unreadable', key: 'k', reason: 'r' }, 2);
    observer?.onAnswer({ type: 'list', share: FIRST }, 3);
    expect(chart.told).toEqual([
      { type: 'consul.failed', code: 'ESM_CONSUL_FORBIDDEN', message: 'key:read needed' },
      { type: 'watchlist.unreadable', key: 'k', reason: 'r' },
      { type: 'watchlist.changed', share: FIRST },
    ]);
    chart.actor.send({ type: 'consul.reachable' });
    chart.stop();
    expect(calls).toEqual(['wake', 'stop']);
  });

  it('keeps the list over an error of the watch', async () => {
    start();
    port.last().send(READ);
    chart.actor.send({ type: 'xstate.error.actor.ownList', error: new TypeError('bug') } as never); // safe: what XState sends when the actor throws
    expect(chart.state()).toBe('faulty');
    await clock.advance(250);
    expect(chart.state()).toEqual({ watching: 'held' });
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
