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

/** Enters `key` into the schedule; `onDue` is called at each tick and may `begin` one run. */
export const startRuns = (schedule: Schedule, key: string, intervalMs: number, onDue: () => void): Runs => {
  let finish: (() => void) | undefined;
  let isRunning = false;
  // One for all runs until one is aborted: V8 keeps every AbortSignal through its quick collections, with all it refers to.
  // It is aborted only while somebody heeds it, for Node makes an exception each time, with a stack.
  let controller = new AbortController();
  const over = (): void => {
    isRunning = false;
    finish?.();
  };
  schedule.add(key, {
    intervalMs,
    start(done) {
      finish = done;
      onDue();
      if (!isRunning) done();
    },
  });
  return {
    begin(work) {
      isRunning = true;
      void work(controller.signal).finally(over);
    },
    abort() {
      if (!isRunning) return;
      controller.abort();
      controller = new AbortController();
    },
    stop() {
      schedule.remove(key);
      if (isRunning) controller.abort();
    },
  };
};
