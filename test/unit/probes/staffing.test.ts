import { expect, test } from 'vitest';
import { Staffing } from '../../../src/probes/workers/staffing.ts';

/** Runs so many a second for so long, and tells how many workers there should be at the end. */
const load = (staffing: Staffing, fromMs: number, seconds: number, perSecond: number): number => {
  let wanted = -1;
  for (let run = 1; run <= seconds * perSecond; run += 1) wanted = staffing.noteRun(fromMs + (run * 1_000) / perSecond);
  return wanted;
};

test('a number is that number, whatever the load', () => {
  expect(load(new Staffing(0, 8, 0), 0, 20, 5_000)).toBe(0);
  expect(load(new Staffing(3, 2, 0), 0, 20, 1)).toBe(3);
});

test('auto: none on small loads', () => {
  expect(load(new Staffing('auto', 8, 0), 0, 60, 4_400)).toBe(0);
});

test.each([
  [1, 1],
  [2, 1],
  [8, 7],
])('auto, busy, of %i processors: %i workers', (processors, workers) => {
  expect(load(new Staffing('auto', processors, 0), 0, 6, 4_600)).toBe(workers);
});

test('auto: they stay through a load in between, and through less than a minute of calm', () => {
  const staffing = new Staffing('auto', 2, 0);
  load(staffing, 0, 10, 5_000);
  expect(load(staffing, 10_000, 120, 3_000)).toBe(1);
  expect(load(staffing, 130_000, 50, 100)).toBe(1);
  expect(load(staffing, 180_000, 10, 3_000)).toBe(1);
  expect(load(staffing, 190_000, 50, 100)).toBe(1);
  expect(load(staffing, 240_000, 20, 100)).toBe(0);
});

test('auto: a clock that is set back does not stop the counting', () => {
  const staffing = new Staffing('auto', 2, 10_000_000);
  expect(load(staffing, 0, 10, 5_000)).toBe(1);
});
