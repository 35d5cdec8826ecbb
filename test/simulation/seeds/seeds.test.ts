/** The seeds of `npm test`: `start.ts` runs them. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Outcome } from '../simulate.ts';
import { REGRESSIONS } from './regressions.ts';
import { SEEDS } from './start.ts';

/** Alone they take two minutes of two processors. */
const LONGEST_MS = 900_000;

let outcomes: ReadonlyMap<number, Outcome>;

beforeAll(async () => {
  const file = inject('seedOutcomes');
  const read = async () => JSON.parse(await readFile(file, 'utf8')) as Outcome[]; // safe: as main.ts writes them
  const all = await eventually('the outcomes of all seeds', read, { deadlineMs: LONGEST_MS, everyMs: 500 });
  outcomes = new Map(all.map((outcome) => [outcome.seed, outcome]));
}, LONGEST_MS);

/** Every invariant holds; a failure tells its seed, its step and the whole story. */
const expectHeld = (seed: number): void => {
  const outcome = outcomes.get(seed);
  if (outcome === undefined) expect.fail('its process died before it had run');
  const { failure, lines, steps } = outcome;
  if (failure === undefined) return;
  expect.fail(`${failure.sentence}\n${failure.detail}\nseed ${seed}, step ${steps}\n${lines.join('\n')}`);
};

test.each(Array.from({ length: SEEDS }, (_, place) => 1 + place))('seed %i', expectHeld);

test.each(REGRESSIONS)('%s: seed %i', (_, seed) => {
  expectHeld(seed);
});
