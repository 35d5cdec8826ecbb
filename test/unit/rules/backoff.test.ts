import { expect, it } from 'vitest';
import { backoffMs, failuresAfter } from '../../../machines/rules/backoff.ts';
import { EsmError } from '../../../src/errors.ts';

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

const waitsAfter = (failures: readonly object[]): number[] => {
  let count = 0;
  return failures.map((failure) => backoffMs((count = failuresAfter(count, failure)), 0));
};
const DOWN = { error: new EsmError('ESM_CONSUL_UNAVAILABLE', 'connection refused') };
const FORBIDDEN = { error: new EsmError('ESM_CONSUL_FORBIDDEN', 'Permission denied') };

it.each([
  ['an outage', [DOWN, DOWN, DOWN, DOWN, DOWN], [250, 500, 1_000, 2_000, 4_000]],
  ['silence', [{}, {}, {}, {}], [250, 500, 1_000, 2_000]],
  ['a missing permission', [FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN], [250, 500, 1_000, 1_000, 1_000]],
  [
    'a permission that is missing after an outage',
    [DOWN, DOWN, DOWN, DOWN, FORBIDDEN],
    [250, 500, 1_000, 2_000, 1_000],
  ],
  [
    'an outage after a missing permission',
    [FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DOWN],
    [250, 500, 1_000, 1_000, 2_000],
  ],
])('counts failures so that the waits in %s are right', (_, failures, waits) => {
  expect(waitsAfter(failures)).toEqual(waits);
});
