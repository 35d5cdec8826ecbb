/** The HTTP surface over real sockets, in front of charts that are made up. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseListenAddress } from '../../../src/listen-address.ts';
import { serveHttp } from '../../../src/observe/http.ts';
import { statechartRoutes } from '../../../src/observe/statecharts/routes.ts';
import type { Sight, Statecharts } from '../../../src/observe/statecharts/statecharts.ts';
import { MOST_STEPS, type Report, type Step } from '../../../src/observe/statecharts/wire.ts';
import { eventually } from '../../support/eventually.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

describe('parseListenAddress', () => {
  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['[fe80::1%eth0]:80', { host: 'fe80::1%eth0', port: 80 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
    [':80', { host: undefined, port: 80 }],
  ])('reads %s', (text, expected) => {
    expect(parseListenAddress(text)).toEqual(expected);
  });

  it.each(['', 'localhost', '::1:80', '[::1]', 'http://a:1', 'a:65536', 'a:1/b', 'u@a:1', 'a b:1', '[::1]:-1'])(
    'refuses %j',
    (text) => {
      expect(parseListenAddress(text)).toBeUndefined();
    },
  );
});

/** A few reports of it are more than the kernel takes for one that does not read. */
const LONG = 'e'.repeat(20_000);

/** A stand-in, as no real chart takes thousands of steps at will. */
const createBusyChart = () => {
  const listeners = new Set<(step: Step) => void>();
  const name = { id: 'writer', chart: 'writer', name: 'writer' };
  let last = 0;
  const sight: Sight = {
    view: () => ({ ...name, value: String(last) }),
    steps: () => [],
    onStep(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const statecharts: Statecharts = {
    daemon: [sight],
    watch: () => ({ ...sight, hasEnded: () => false, release: () => undefined }),
    find: () => ({ total: 0, found: [] }),
  };
  return {
    statecharts,
    listeners,
    step(): void {
      last += 1;
      const step = { actor: 'writer', atMs: 0, event: LONG, edges: [], value: String(last) };
      for (const listener of listeners) listener(step);
    },
  };
};

const ask = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('GET /statecharts/events?actor=writer HTTP/1.1\r\nHost: x\r\n\r\n');
  return socket;
};

/** The reports within an answer that travels in chunks, a report each. */
const reportsOf = (text: string): readonly Report[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Report); // safe: the stream's own form

/** Takes a stream and reads nothing of it. */
const openUnread = async () => {
  const chart = createBusyChart();
  const clock = createVirtualClock();
  const assets = { files: new Map(), policy: '' };
  const surface = await serveHttp('127.0.0.1:0', statechartRoutes({ ...chart, clock, assets }), 'test');
  const socket = await ask(surface.url);
  socket.pause();
  await eventually('the stream', () => chart.listeners.size > 0);
  return { chart, clock, socket, surface };
};

describe('a stream of reports', () => {
  const REPORTS = 200;
  const GATHERING_MS = 50;

  it('keeps no queue for a reader that has stopped reading, and tells it the newest once it reads on', async () => {
    const { chart, clock, socket, surface } = await openUnread();
    await using _surface = surface;
    for (let report = 0; report < REPORTS; report += 1) {
      for (let step = 0; step < 2 * MOST_STEPS; step += 1) chart.step();
      await clock.advance(GATHERING_MS);
    }

    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.resume();
    const newest = chart.statecharts.daemon[0]?.view().value;
    const last = await eventually('the newest', () =>
      reportsOf(text).find(({ actors }) => actors[0]?.value === newest),
    );
    expect(last.steps).toHaveLength(MOST_STEPS);
    expect(reportsOf(text).length).toBeLessThan(REPORTS / 4);
    socket.destroy();
    await eventually('nobody to listen to', () => chart.listeners.size === 0);
  });

  it('is taken from a reader that has read nothing for half a minute', async () => {
    const { chart, clock, socket, surface } = await openUnread();
    await using _surface = surface;
    const closed = once(socket, 'close');
    await eventually('the end of the stream', async () => {
      for (let step = 0; step < 2 * MOST_STEPS; step += 1) chart.step();
      await clock.advance(2_000);
      return chart.listeners.size === 0;
    });
    socket.on('error', () => undefined).resume();
    await closed;
    expect(clock.pending).toBe(0);
  });
});
