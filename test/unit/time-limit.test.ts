import { beforeEach, describe, expect, it } from 'vitest';
import { startTimeLimit } from '../../src/time-limit.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const TIMEOUT_MS = 2_000;

let clock = createVirtualClock();
let overAtMs: number[] = [];

beforeEach(() => {
  clock = createVirtualClock(1_000_000);
  overAtMs = [];
});

const start = (graceMs = TIMEOUT_MS): (() => void) =>
  startTimeLimit(clock, TIMEOUT_MS, graceMs, () => {
    overAtMs.push(clock.now() - 1_000_000);
  });

/** An answer lies in the socket's buffer, and is read at the next look of the event loop. */
const answerAtNextLook = (onAnswer: () => void): void => {
  setImmediate(onAnswer);
};

it('is over on time, and once', async () => {
  start();
  await clock.advance(TIMEOUT_MS - 1);
  expect(overAtMs).toEqual([]);
  await clock.advance(60_000);
  expect(overAtMs).toEqual([TIMEOUT_MS]);
  expect(clock.pending).toBe(0);
});

it('called off, is never over', async () => {
  start()();
  expect(clock.pending).toBe(0);
  await clock.advance(60_000);
  expect(overAtMs).toEqual([]);
});

it.each([0, 50])('looks for an answer once more before it is over, also %i ms late', async (lateMs) => {
  const stop = start();
  clock.stall(TIMEOUT_MS + lateMs);
  answerAtNextLook(stop);
  await clock.advance(60_000);
  expect(overAtMs).toEqual([]);
  expect(clock.pending).toBe(0);
});

describe('found to be over late', () => {
  it.each([
    ['50 ms: that is the coarseness of timers', 2_050, 2_050],
    ['51 ms', 2_051, 2_102],
    ['the time of a pause', 3_500, 5_000],
    ['the time of a long pause: bounded', 600_000, 602_000],
  ])('is moved by as much: %s', async (_, foundAtMs, atMs) => {
    start();
    clock.stall(foundAtMs);
    await clock.advance(60_000);
    expect(overAtMs).toEqual([atMs]);
  });

  it('more than once is moved by no more than the grace in all', async () => {
    start(1_500);
    clock.stall(3_000); // 1 s late
    clock.stall(3_000); // 2 s late, and half a second of grace left
    await clock.advance(60_000);
    expect(overAtMs).toEqual([6_500]);
  });

  it('waits for an answer that needs more than one look', async () => {
    const stop = start();
    clock.stall(3_000);
    await clock.advance(500);
    stop();
    await clock.advance(60_000);
    expect(overAtMs).toEqual([]);
  });

  it('by a clock that was set back is over all the same', async () => {
    const set = { ms: 0 };
    const shifted = { ...clock, now: () => clock.now() + set.ms };
    startTimeLimit(shifted, TIMEOUT_MS, TIMEOUT_MS, () => {
      overAtMs.push(clock.now() - 1_000_000);
    });
    set.ms = -3_600_000;
    await clock.advance(TIMEOUT_MS);
    expect(overAtMs).toEqual([TIMEOUT_MS]);
  });
});
