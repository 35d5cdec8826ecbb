/** A clock that stands still until it is moved, and then stops at every timer on the way. */
import type { Clock } from '../../src/clock.ts';

/** A clock for tests. Timers that are due at one time fire in the order they were set. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`: `now` is each timer's exact time while it fires, and promises settle between two timers. */
  advance(ms: number): Promise<void>;
  /** Timers that are set and have not fired. */
  readonly pending: number;
}

interface Timer {
  readonly id: number;
  readonly atMs: number;
  readonly fn: () => void;
}

/** Lets every promise that can settle without time settle: a turn of the real event loop is behind all microtasks. */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A clock that starts at `startMs` of wall time. */
export const createVirtualClock = (startMs = 0): VirtualClock => {
  const timers = new Map<number, Timer>();
  let nowMs = startMs;
  let lastId = 0;
  const earliest = (untilMs: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers.values()) {
      if (timer.atMs <= untilMs && (first === undefined || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  };
  return {
    now: () => nowMs,
    setTimeout(fn, delayMs) {
      const id = ++lastId;
      timers.set(id, { id, atMs: nowMs + Math.max(0, delayMs), fn });
      return id;
    },
    clearTimeout(id) {
      if (typeof id === 'number') timers.delete(id);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let timer = earliest(untilMs); timer !== undefined; timer = earliest(untilMs)) {
        nowMs = Math.max(nowMs, timer.atMs);
        timers.delete(timer.id);
        timer.fn();
        await settle();
      }
      nowMs = untilMs;
    },
    get pending() {
      return timers.size;
    },
  };
};
