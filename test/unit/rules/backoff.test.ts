import { expect, it } from 'vitest';
import { backoffMs } from '../../../machines/rules/backoff.ts';

const LAST_RANDOM = 1 - 2 ** -53;

it.each([
  [1, 250],
  [2, 500],
  [3, 1_000],
  [4, 2_000],
  [5, 4_000],
  [6, 8_000],
  [7, 10_000],
  [8, 10_000],
  [2_000, 10_000],
])('waits, after %i failures, between half of and all of %i ms', (failures, fullMs) => {
  const waits = [0, 0.5, LAST_RANDOM].map((random) => backoffMs(failures, random)).sort((a, b) => a - b);
  expect(waits[0]).toBeCloseTo(fullMs / 2);
  expect(waits[1]).toBeCloseTo(fullMs * 0.75);
  expect(waits[2]).toBeCloseTo(fullMs);
});

it('gives different instances different waits', () => {
  expect(backoffMs(3, 0.1)).not.toBe(backoffMs(3, 0.2));
});
