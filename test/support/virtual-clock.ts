/** A clock that stands still until it is moved, and then stops at every timer on the way. */
import type { Clock } from '../../src/clock.ts';
import { DueHeap, type Due } from '../../src/due-heap.ts';

/** A clock for tests. Timers that are due at one time fire in the order they were set. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`: `now` is each timer's exact time while it fires, and promises settle between two timers. */
  advance(ms: number): Promise<void>;
  /**
   * The process stands still for `ms`, as after SIGSTOP: what fell due meanwhile fires late, first due first, before anything
   * else that happened meanwhile is seen.
   */
  stall(ms: number): void;
  /** Timers that are set and have not fired. */
  readonly pending: number;
}

interface Timer extends Due {
  readonly fn: () => void;
}

/** Lets every promise that can settle without time settle: a turn of the real event loop is behind all microtasks. */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A clock that starts at `startMs` of wall time. */
export const createVirtualClock = (startMs = 0): VirtualClock => {
  const timers = new DueHeap<Timer>();
  const byId = new Map<number, Timer>();
  let looks: (() => void)[] = [];
  let nowMs = startMs;
  let lastId = 0;
  const remove = (timer: Timer): void => {
    byId.delete(timer.order);
    timers.remove(timer);
  };
  /** A turn of the event loop: what came in is seen first, then who waited for that look is called. */
  const turn = async (): Promise<void> => {
    await settle();
    while (looks.length > 0) {
      const due = looks;
      looks = [];
      for (const look of due) look();
      await settle();
    }
  };
  return {
    now: () => nowMs,
    setTimeout(fn, delayMs) {
      lastId += 1;
      const timer = { fn, dueMs: nowMs + Math.max(0, delayMs), order: lastId, heapIndex: -1 };
      byId.set(lastId, timer);
      timers.push(timer);
      return lastId;
    },
    clearTimeout(id) {
      const timer = typeof id === 'number' ? byId.get(id) : undefined;
      if (timer !== undefined) remove(timer);
    },
    afterPoll(fn) {
      looks.push(fn);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await turn();
      for (let next = timers.first; next !== undefined && next.dueMs <= untilMs; next = timers.first) {
        nowMs = Math.max(nowMs, next.dueMs);
        remove(next);
        next.fn();
        await turn();
      }
      nowMs = untilMs;
    },
    stall(ms) {
      nowMs += ms;
      for (let next = timers.first; next !== undefined && next.dueMs <= nowMs; next = timers.first) {
        remove(next);
        next.fn();
      }
    },
    get pending() {
      return timers.size + looks.length;
    },
  };
};
