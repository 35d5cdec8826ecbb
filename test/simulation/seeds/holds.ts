/** The seeds of `npm test`, in files of their own so that they run on all processors. */
import { expect, test } from 'vitest';
import { simulate } from '../simulate.ts';

/** Every invariant holds for `count` seeds from `first` on; a failure tells its seed, its step and the whole story. */
export const holds = (first: number, count: number): void => {
  test.each(Array.from({ length: count }, (_, place) => first + place))('seed %i', async (seed) => {
    const { failure, lines, steps } = await simulate(seed);
    if (failure === undefined) return;
    expect.fail(`${failure.sentence}\n${failure.detail}\nseed ${seed}, step ${steps}\n${lines.join('\n')}`);
  });
};
