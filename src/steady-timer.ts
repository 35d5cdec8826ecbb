/** One timer on a time that never goes back, made of a clock that may be set. */
import type { Clock, TimerId } from './clock.ts';

/** Less than this is the coarseness of timers, more is a clock that was set back. */
const SET_BACK_MS = 1_000;

/** A single alarm. */
export interface SteadyTimer {
  /** Milliseconds of the clock, but never fewer than before. */
  now(): number;
  /** Calls at `atMs`, in place of what was set before. */
  set(atMs: number): void;
  clear(): void;
}

/** Makes an alarm that calls `ring`. A clock set back an hour does not silence it for that hour. */
export const createSteadyTimer = (clock: Clock, ring: () => void): SteadyTimer => {
  let timer: TimerId;
  let setForMs: number | undefined;
  let offsetMs = 0;
  const now = (): number => clock.now() + offsetMs;
  const clear = (): void => {
    if (setForMs !== undefined) clock.clearTimeout(timer);
    setForMs = undefined;
  };
  return {
    now,
    clear,
    set(atMs) {
      if (setForMs === atMs) return;
      clear();
      setForMs = atMs;
      timer = clock.setTimeout(() => {
        setForMs = undefined;
        const behindMs = atMs - now();
        if (behindMs > SET_BACK_MS) offsetMs += behindMs;
        ring();
      }, atMs - now());
    },
  };
};
