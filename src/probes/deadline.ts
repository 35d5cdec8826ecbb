/** How long a run may take: one timer and one who hears of its abort, whatever the number of steps. */
import type { Clock } from '../clock.ts';
import type { RunSignal } from '../run-signal.ts';
import { startTimeLimit } from '../time-limit.ts';

/** Why a step ended before it was done. */
export type Ended = 'expired' | 'aborted';

/** Begins a step: calls `settle` once, at once or later, and returns how to give the step up. */
export type Step<T> = (settle: (value: T) => void) => () => void;

/**
 * Ends every step of one run, one after another, when its time is over or its caller has lost interest. Time in which this
 * process stood still is not the target's: it is added, up to the time-out once more.
 */
export class Deadline implements Disposable {
  #ended: Ended | undefined;
  #giveUp: ((why: Ended) => void) | undefined;
  readonly #stopLimit: () => void;
  readonly #signal: RunSignal;

  constructor(clock: Clock, timeoutMs: number, signal: RunSignal) {
    this.#signal = signal;
    this.#stopLimit = startTimeLimit(clock, timeoutMs, timeoutMs, () => {
      this.#end('expired');
    });
    if (signal.isAborted) this.#end('aborted');
    else
      signal.onAbort = () => {
        this.#end('aborted');
      };
  }

  /** Calls `giveUp` when the time is over or the caller has lost interest, at once if that has happened; in place of what was set before. */
  whenOver(giveUp: (why: Ended) => void): void {
    this.#giveUp = giveUp;
    if (this.#ended !== undefined) giveUp(this.#ended);
  }

  /** Runs one step; resolves to its value, or to why it was given up. Steps may not overlap. */
  wait<T>(step: Step<T>): Promise<T | Ended> {
    if (this.#ended !== undefined) return Promise.resolve(this.#ended);
    return new Promise((resolve) => {
      const wait = { isOver: false };
      const settle = (value: T | Ended): void => {
        wait.isOver = true;
        this.#giveUp = undefined;
        resolve(value);
      };
      const giveUp = step((value) => {
        if (!wait.isOver) settle(value);
      });
      if (wait.isOver) return;
      this.#giveUp = (why) => {
        settle(why);
        giveUp();
      };
    });
  }

  [Symbol.dispose](): void {
    this.#stopLimit();
    this.#signal.onAbort = undefined;
  }

  #end(why: Ended): void {
    this.#ended ??= why;
    this.#giveUp?.(why);
  }
}
