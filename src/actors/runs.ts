/** The runs of one check or node: when the schedule says so, one at a time, ended when what it asks about has changed. */
import type { Schedule } from '../schedule.ts';

export interface Runs {
  /** Does `work`, which must heed the signal, as the run that the schedule has just made due. */
  begin(work: (signal: AbortSignal) => Promise<void>): void;
  /** Ends the run under way: its question is out of date. */
  abort(): void;
  /** Leaves the schedule and ends the run under way. */
  stop(): void;
}

/**
 * Signals for the runs to come. One is lent to each run, and again to others until it is aborted: it takes a kilobyte, and V8 keeps
 * every AbortSignal through its quick collections, with all it refers to.
 */
const spare: AbortController[] = [];

/** Enters `key` into the schedule; `onDue` is called at each tick and may `begin` one run. */
export const startRuns = (schedule: Schedule, key: string, intervalMs: number, onDue: () => void): Runs => {
  let finish: (() => void) | undefined;
  /** Of the run under way. It is aborted only while somebody heeds it, for Node makes an exception each time, with a stack. */
  let lent: AbortController | undefined;
  const over = (): void => {
    if (lent?.signal.aborted === false) spare.push(lent);
    lent = undefined;
    finish?.();
  };
  const abort = (): void => {
    lent?.abort();
  };
  schedule.add(key, {
    intervalMs,
    start(done) {
      finish = done;
      onDue();
      if (lent === undefined) done();
    },
  });
  return {
    begin(work) {
      lent = spare.pop() ?? new AbortController();
      void work(lent.signal).finally(over);
    },
    abort,
    stop() {
      schedule.remove(key);
      abort();
    },
  };
};
