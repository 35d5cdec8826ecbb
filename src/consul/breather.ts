/** Long work in short turns, so that probes and beats in between come in time. */
import type { Clock } from '../clock.ts';

/**
 * Work in one go. While thousands of probes start, whatever is due lengthens a turn of the event loop with it: turns are some three times
 * as long as this, and take a third of the time, however long it is.
 */
const TURN_MS = 4;

/** Awaited now and then by whoever works long: lets the event loop turn when the work has gone on for long enough. */
export type Breathe = () => Promise<void>;

/** For one piece of long work. */
export interface Breather extends Breathe {
  /** How long the others have had it so far: seconds, while they have much to do. */
  readonly pausedMs: number;
}

export const createBreather = (clock: Clock): Breather => {
  let sinceMs = clock.now();
  const breathe = async (): Promise<void> => {
    const stoppedMs = clock.now();
    if (stoppedMs - sinceMs < TURN_MS) return;
    await new Promise<void>((resolve) => {
      clock.afterPoll(resolve);
    });
    sinceMs = clock.now();
    breather.pausedMs += sinceMs - stoppedMs;
  };
  const breather = Object.assign(breathe, { pausedMs: 0 });
  return breather;
};
