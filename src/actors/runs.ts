/** The runs of one check or node: when the schedule says so, one at a time, ended when what it asks about has changed. */
import { RunSignal } from '../run-signal.ts';
import type { Schedule, ScheduleEntry } from '../schedule.ts';

/** Whose runs they are. */
export interface RunOwner {
  /** Called at each tick; may `begin` one run. */
  onDue(): void;
}

/** One object a check, methods and all, for there are tens of thousands of them. */
export class Runs implements ScheduleEntry {
  /** At first: the schedule may be told another. */
  readonly intervalMs: number;
  readonly #schedule: Schedule;
  readonly #key: string;
  readonly #owner: RunOwner;
  /** Of the run under way. */
  #finish: (() => void) | undefined;
  #signal: RunSignal | undefined;

  /** Enters `key` into the schedule. */
  constructor(schedule: Schedule, key: string, intervalMs: number, owner: RunOwner) {
    this.#schedule = schedule;
    this.#key = key;
    this.intervalMs = intervalMs;
    this.#owner = owner;
    schedule.add(key, this);
  }

  /** For the schedule. */
  start(done: () => void): void {
    this.#finish = done;
    this.#owner.onDue();
    if (this.#signal === undefined) this.#end();
  }

  /** Does `work`, which must heed the signal, as the run that the schedule has just made due. */
  begin(work: (signal: RunSignal) => Promise<void>): void {
    const signal = (this.#signal = new RunSignal());
    const failed = (fault: unknown): never => {
      this.#end();
      throw fault;
    };
    void work(signal).then(() => {
      this.#end();
    }, failed); // `finally` makes three promises more
  }

  /** Ends the run under way: its question is out of date. */
  abort(): void {
    this.#signal?.abort();
  }

  /** Leaves the schedule and ends the run under way. */
  stop(): void {
    this.#schedule.remove(this.#key);
    this.abort();
  }

  #end(): void {
    const finish = this.#finish;
    this.#finish = undefined;
    this.#signal = undefined;
    finish?.();
  }
}
