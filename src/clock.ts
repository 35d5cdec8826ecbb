/**
 * Time, timers and randomness for the whole program. Everything that waits or chooses takes these ports, so that one
 * virtual clock and one seed can run the daemon.
 */

/** A pending timer; opaque to everyone but the clock that made it. */
export type TimerId = unknown;

/** The one source of time. It is XState's clock too, so that `after` delays and the program's own timers agree. */
export interface Clock {
  /** Wall time in milliseconds since 1970. */
  now(): number;
  /** Calls `fn` once after `delayMs`. Delays beyond 2^31-1 ms are chained, never fired at once. */
  setTimeout(fn: () => void, delayMs: number): TimerId;
  clearTimeout(id: TimerId): void;
  /** Calls `fn` once the event loop has looked for whatever came in meanwhile: answers on sockets, ends of processes. */
  afterPoll(fn: () => void): void;
}

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** Node fires a longer delay after 1 ms, with a warning that nobody reads. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** A timer for a longer delay, which takes steps. */
class ChainedTimer {
  #handle: NodeJS.Timeout | undefined;

  constructor(fn: () => void, delayMs: number) {
    this.#arm(fn, delayMs);
  }

  clear(): void {
    clearTimeout(this.#handle);
  }

  #arm(fn: () => void, leftMs: number): void {
    const stepMs = Math.min(leftMs, LONGEST_DELAY_MS);
    this.#handle = setTimeout(() => {
      if (leftMs > stepMs) this.#arm(fn, leftMs - stepMs);
      else fn();
    }, stepMs);
  }
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, delayMs) =>
    delayMs > LONGEST_DELAY_MS ? new ChainedTimer(fn, delayMs) : setTimeout(fn, Math.max(0, delayMs)),
  clearTimeout(id) {
    if (id instanceof ChainedTimer) id.clear();
    else clearTimeout(id as NodeJS.Timeout | undefined); // safe: only this clock's ids reach it
  },
  afterPoll(fn) {
    setImmediate(fn); // timers of 0 ms may run before the next look, immediates never do
  },
};

/** The machine's own randomness. */
export const systemRandom: Random = Math.random;

/** Milliseconds, with their fractions, from an arbitrary start. Never goes back: for measuring, not for dates. */
export type Stopwatch = () => number;

/** The machine's own stopwatch. */
export const systemStopwatch: Stopwatch = () => performance.now();
