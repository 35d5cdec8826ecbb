/** Long work in short turns, so that probes and beats in between come in time. */
import type { Clock } from './clock.ts';

/**
 * Work in one go. While thousands of probes start, whatever is due lengthens a turn of the event loop with it: turns are some three times
 * as long as this, and take a third of the time, however long it is.
 */
const TURN_MS = 4;

/** To be awaited now and then by whoever works long: lets the event loop turn when the work has gone on for long enough. */
export const createBreather = (clock: Clock): (() => Promise<void>) => {
  let sinceMs = clock.now();
  return async () => {
    if (clock.now() - sinceMs < TURN_MS) return;
    await new Promise<void>((resolve) => {
      clock.afterPoll(resolve);
    });
    sinceMs = clock.now();
  };
};
