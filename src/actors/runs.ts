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
  let running: AbortController | undefined;
  schedule.add(key, {
    intervalMs,
    start(done) {
      finish = done;
      onDue();
      if (running === undefined) done();
    },
  });
  return {
    begin(work) {
      const done = finish;
      const controller = new AbortController();
      running = controller;
      void work(controller.signal).finally(() => {
        if (running === controller) running = undefined;
        done?.();
      });
    },
    abort() {
      running?.abort();
    },
    stop() {
      schedule.remove(key);
      running?.abort();
    },
  };
};
