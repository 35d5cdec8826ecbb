// Consul's coordinates are a stand-in: a real agent batches updates and moves its own coordinate by chance.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCoordinates, type Coordinates } from '../../../src/actors/coordinates.ts';
import { originCoordinate, type Coordinate } from '../../../src/coordinates.ts';
import { createRecordedLog } from '../../support/recorded-log.ts';
import { aNode } from '../../support/roster.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

let clock = createVirtualClock();
let log = createRecordedLog();
let coordinates: Coordinates;
let stored: Coordinate | undefined;
let local: (() => Promise<Coordinate | undefined>) | undefined;
let [localReads, reads] = [0, 0];
let writes: { node: string; segment: string; coordinate: Coordinate }[] = [];

beforeEach(() => {
  clock = createVirtualClock();
  log = createRecordedLog();
  [localReads, reads, writes, stored, local] = [0, 0, [], undefined, undefined];
  coordinates = createCoordinates({
    store: {
      readLocal: () => {
        localReads += 1;
        return local?.() ?? Promise.resolve(originCoordinate);
      },
      read: () => {
        reads += 1;
        return Promise.resolve(stored);
      },
      write: (node, segment, coordinate) => {
        writes.push({ node, segment, coordinate });
        return Promise.resolve();
      },
    },
    clock,
    random: () => 0.5,
    log,
  });
});

afterEach(() => {
  coordinates.stop();
});

const observe = async (node = aNode('a'), rttMs = 20): Promise<void> => {
  coordinates.observe(node, rttMs);
  await clock.advance(0);
};

it('writes the first coordinate of a node at once, in the segment of its meta', async () => {
  await observe(aNode('a', { meta: { 'consul-network-segment': 'alpha' } }));
  await observe(aNode('b'));
  expect(writes.map(({ node, segment }) => [node, segment])).toEqual([
    ['a', 'alpha'],
    ['b', ''],
  ]);
});

it('writes again only what has moved by more than 1 ms since it was written', async () => {
  await observe();
  for (let pings = 0; pings < 200; pings += 1) await observe();
  const settled = writes.length;
  expect(settled).toBeLessThan(100);
  for (let pings = 0; pings < 5; pings += 1) await observe();
  expect(writes).toHaveLength(settled);
  for (let pings = 0; pings < 50; pings += 1) await observe(aNode('a'), 80);
  expect(writes.length).toBeGreaterThan(settled);
});

it('starts from what Consul holds, asked for once', async () => {
  await observe();
  stored = writes[0]!.coordinate;
  coordinates.forget('a');
  await observe();
  await observe();
  expect(reads).toBe(2);
});

it('reads the local coordinate once a minute, however many nodes there are', async () => {
  for (const name of ['a', 'b', 'c']) await observe(aNode(name));
  await clock.advance(60_000);
  await observe();
  expect(localReads).toBe(1);
  await clock.advance(1);
  await observe();
  expect(localReads).toBe(2);
});

it('does nothing while the agent has no coordinate of its own', async () => {
  local = () => Promise.resolve(undefined);
  await observe();
  expect([reads, writes.length]).toEqual([0, 0]);
});

it('takes one observation of a node at a time', async () => {
  let answer: (coordinate: Coordinate) => void = () => undefined;
  local = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  coordinates.observe(aNode('a'), 20);
  coordinates.observe(aNode('a'), 20);
  answer(originCoordinate);
  await clock.advance(0);
  expect(writes).toHaveLength(1);
});

it('says at DEBUG what failed, and asks for the local coordinate again at the next ping', async () => {
  local = () => Promise.reject(new Error('refused'));
  await observe();
  local = undefined;
  await observe();
  expect(log.lines).toMatchObject([{ level: 'DEBUG', message: "Cannot keep the coordinate of node 'a'" }]);
  expect([localReads, writes.length]).toEqual([2, 1]);
});

it('says nothing of what fails because it was stopped', async () => {
  local = () => Promise.reject(new Error('aborted'));
  coordinates.observe(aNode('a'), 20);
  coordinates.stop();
  await clock.advance(0);
  expect(log.lines).toEqual([]);
});
