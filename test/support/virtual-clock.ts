/** Time that moves only when a test says so. */
import type { Clock } from '../../src/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/** A {@link Clock} whose time is the test's. Timers fire at exactly their due time, earliest first, equal ones in the order they were set. */
export interface VirtualClock extends Clock {
  /** Moves time on; timers set by timers fire too when they fall due within. Runs no promise in between. */
  advance(ms: number): void;
  /** The same, and lets promises settle after each timer, as they would in life. */
  advanceSettled(ms: number): Promise<void>;
  /** How many timers wait. */
  readonly pending: number;
}

/** `startMs`: what `now` says at first, in milliseconds since 1970; 0 unless told. */
export function createVirtualClock(startMs = 0): VirtualClock {
  const timers = new Set<Timer>();
  let nowMs = startMs;
  let order = 0;

  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];

  const fire = (timer: Timer): void => {
    timers.delete(timer);
    nowMs = timer.dueMs;
    timer.fn();
  };

  return {
    now: () => nowMs,
    setTimeout(fn, delayMs) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), order: order++, fn };
      timers.add(timer);
      return timer;
    },
    clearTimeout(id) {
      timers.delete(id as Timer); // safe: only this clock's ids reach it
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) fire(timer);
      nowMs = untilMs;
    },
    async advanceSettled(ms) {
      const untilMs = nowMs + ms;
      const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
      await settle();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        fire(timer);
        await settle();
      }
      nowMs = untilMs;
    },
    get pending() {
      return timers.size;
    },
  };
}
