import { expect, it } from 'vitest';
import { RunSignal } from '../../src/run-signal.ts';

it('tells of its abort once, and only whoever does the run by then', () => {
  const told: string[] = [];
  const signal = new RunSignal();
  signal.onAbort = () => told.push('first');
  signal.onAbort = () => told.push('second');
  expect(signal.isAborted).toBe(false);
  signal.abort();
  signal.abort();
  expect(told).toEqual(['second']);
  expect(signal.isAborted).toBe(true);
});
