/** When what is due. One heap, one timer, however many entries; what runs when it is due is the caller's. */
import type { Clock, Random } from './clock.ts';
import { RunQueue, type Run, type Startable } from './run-queue.ts';
import { createSteadyTimer, type SteadyTimer } from './steady-timer.ts';
import { Ticks, type Tick } from './ticks.ts';

/** Something to be started again and again. */
export interface ScheduleEntry extends Startable {
  /** Time between two starts. */
  readonly intervalMs: number;
}

/** What has happened since the last look. */
export interface ScheduleCounters {
  /** How far behind its due time the latest start came. */
  readonly maxLagMs: number;
  readonly started: number;
  /** Ticks that came to nothing: their entry's run was still going, or the process had no time. */
  readonly skipped: number;
}

export interface ScheduleOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Runs at once, over all entries. What is due beyond it waits, first due first. */
  readonly maxConcurrent: number;
  /** Told with every start that came by the clock how many milliseconds behind its due time it came. */
  readonly onLag?: (lagMs: number) => void;
}

/** Starts entries at a fixed rate. Runs of one entry never overlap: a tick that falls due during its run is skipped. */
export interface Schedule {
  /**
   * First start at once; of more than 500 newcomers together the rest starts within its interval. The second start comes at
   * random within the interval, so that entries added together do not march in step. A known key gets the new entry.
   */
  add(key: string, entry: ScheduleEntry): void;
  /** Nothing of the entry starts any more; a run that is going is left to end. */
  remove(key: string): void;
  /** The next start comes no later than the new interval from now. */
  setInterval(key: string, intervalMs: number): void;
  /** Starts the entry now, out of its turn; while a run of it is going, right after that. */
  runNow(key: string): void;
  /** Nothing is started any more. */
  stop(): void;
  /** The counters since the last call; they begin anew. */
  takeCounters(): ScheduleCounters;
}

/** Shorter intervals would never let a turn of the event loop end. */
const SHORTEST_INTERVAL_MS = 1;

/** Makes an empty schedule; it holds no timer until something is added. */
export const createSchedule = (options: ScheduleOptions): Schedule => new TickSchedule(options);

class TickSchedule implements Schedule {
  readonly #entered = new Map<string, Tick<Run>>();
  readonly #ticks: Ticks<Run>;
  readonly #runs: RunQueue;
  readonly #timer: SteadyTimer;
  readonly #onLag: (lagMs: number) => void;
  #counters = { maxLagMs: 0, started: 0, skipped: 0 };
  #isPumping = false;

  constructor({ clock, random, maxConcurrent, onLag = () => undefined }: ScheduleOptions) {
    const pump = (): void => {
      this.#pump();
    };
    this.#ticks = new Ticks(random);
    this.#runs = new RunQueue(maxConcurrent, pump);
    this.#timer = createSteadyTimer(clock, pump);
    this.#onLag = onLag;
  }

  add(key: string, entry: ScheduleEntry): void {
    const known = this.#entered.get(key);
    if (known !== undefined) {
      known.owner.what = entry;
      this.setInterval(key, entry.intervalMs);
      return;
    }
    const run: Run = { what: entry, dueMs: undefined, state: 'idle' };
    const intervalMs = Math.max(SHORTEST_INTERVAL_MS, entry.intervalMs);
    this.#entered.set(key, this.#ticks.enter(run, intervalMs, this.#timer.now()));
    this.#arm();
  }

  remove(key: string): void {
    const tick = this.#entered.get(key);
    if (tick === undefined) return;
    this.#entered.delete(key);
    this.#runs.cancel(tick.owner);
    this.#ticks.leave(tick);
  }

  setInterval(key: string, intervalMs: number): void {
    const tick = this.#entered.get(key);
    if (tick === undefined || tick.intervalMs === intervalMs) return;
    this.#ticks.setInterval(tick, Math.max(SHORTEST_INTERVAL_MS, intervalMs), this.#timer.now());
    this.#arm();
  }

  runNow(key: string): void {
    const run = this.#entered.get(key)?.owner;
    if (run === undefined) return;
    this.#runs.requestAgain(run);
    this.#pump();
  }

  stop(): void {
    for (const key of [...this.#entered.keys()]) this.remove(key);
    this.#timer.clear();
  }

  takeCounters(): ScheduleCounters {
    const taken = this.#counters;
    this.#counters = { maxLagMs: 0, started: 0, skipped: 0 };
    return taken;
  }

  /** Starts what is due, and what has waited, as far as there is room. */
  #pump(): void {
    if (this.#isPumping) return; // a run that ended within its own start
    this.#isPumping = true;
    try {
      this.#ticks.collect(this.#timer.now(), (run, dueMs, passed) => {
        this.#counters.skipped += this.#runs.request(run, dueMs) ? passed - 1 : passed;
      });
      this.#runs.startWaiting((run) => {
        this.#count(run);
      });
    } finally {
      this.#isPumping = false;
      this.#arm();
    }
  }

  #count({ dueMs }: Run): void {
    this.#counters.started += 1;
    if (dueMs === undefined) return;
    const lagMs = Math.max(0, this.#timer.now() - dueMs);
    this.#counters.maxLagMs = Math.max(this.#counters.maxLagMs, lagMs);
    this.#onLag(lagMs);
  }

  #arm(): void {
    const { nextMs } = this.#ticks;
    if (this.#runs.isReady) this.#timer.set(this.#timer.now());
    else if (nextMs !== undefined) this.#timer.set(nextMs);
  }
}
