/** The runs of one check or node: when the schedule says so, one at a time, ended when what it asks about has changed. */
import type { Schedule } from '../schedule.ts';
import { lendSignal, returnSignal } from '../spare-signals.ts';

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
  /** Of the run under way. It is aborted only while somebody heeds it, for Node makes an exception each time, with a stack. */
  let lent: AbortController | undefined;
  const over = (): void => {
    if (lent !== undefined) returnSignal(lent);
    lent = undefined;
    finish?.();
  };
  const failed = (fault: unknown): never => {
    over();
    throw fault;
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
      lent = lendSignal();
      void work(lent.signal).then(over, failed); // `finally` makes three promises more
    },
    abort,
    stop() {
      schedule.remove(key);
      abort();
    },
  };
};
