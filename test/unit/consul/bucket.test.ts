import { describe, expect, it } from 'vitest';
import { afterCost, type Bucket, emptied, fullBucket, take } from '../../../src/consul/bucket.ts';

/** Asks as fast as the bucket lets, each answer costing `costMs`; gives the times at which it asked. */
function askRepeatedly(times: number, costMs: number, restMs = 0): number[] {
  let bucket: Bucket = fullBucket(0);
  let nowMs = 0;
  return Array.from({ length: times }, () => {
    const turn = take(bucket, nowMs);
    nowMs += turn.waitMs;
    bucket = afterCost(turn.bucket, costMs, restMs);
    const askedMs = nowMs;
    nowMs += costMs;
    return askedMs;
  });
}

it('lets two queries follow each other at once', () => {
  expect(take(fullBucket(0), 0).waitMs).toBe(0);
  expect(take(take(fullBucket(0), 0).bucket, 0).waitMs).toBe(0);
  expect(take(take(take(fullBucket(0), 0).bucket, 0).bucket, 0).waitMs).toBe(20);
});

it('is full again after a while of idling, and never more than full', () => {
  let { bucket } = take(fullBucket(0), 0);
  bucket = take(bucket, 0).bucket;
  expect(take(take(bucket, 60_000).bucket, 60_000).waitMs).toBe(0);
  expect(take(take(take(bucket, 60_000).bucket, 60_000).bucket, 60_000).waitMs).toBeGreaterThan(0);
});

it.each([1, 100, 1_000])('spends a quarter of the time at most on answers that cost %i ms', (costMs) => {
  const asked = askRepeatedly(50, costMs);
  const gaps = asked.slice(10).map((at, place) => at - asked[place + 9]!);
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(Math.max(20, costMs * 4) * 0.99);
});

it('lets Consul rest for as long as it is told', () => {
  const asked = askRepeatedly(20, 10, 1_500);
  const gaps = asked.slice(10).map((at, place) => at - asked[place + 9]!);
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_500 * 0.99);
});

describe('once it was emptied', () => {
  it('lets nothing follow at once, however long the last question was held', () => {
    for (const heldMs of [0, 60_000]) {
      const bucket = afterCost(emptied(take(fullBucket(0), 0).bucket, heldMs), 10, 1_000);
      expect(take(bucket, heldMs).waitMs).toBe(1_000);
    }
  });

  it('goes no lower', () => {
    const { bucket } = take(afterCost(emptied(fullBucket(0), 0), 10, 1_000), 0);
    expect(emptied(bucket, 0)).toEqual(bucket);
  });

  it('lets one follow the other after the same time, again and again', () => {
    let [bucket, nowMs] = [fullBucket(0), 0];
    const waits = Array.from({ length: 5 }, () => {
      const turn = take(bucket, nowMs);
      nowMs += turn.waitMs;
      bucket = afterCost(emptied(turn.bucket, nowMs), 10, 1_000);
      return turn.waitMs;
    });
    expect(waits).toEqual([0, 1_000, 1_000, 1_000, 1_000]);
  });
});
