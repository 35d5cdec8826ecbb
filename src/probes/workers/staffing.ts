/** How many probe workers there should be, by how many probes run. */

/** As the configuration has it: a number, or none on small loads. */
export type ProbeWorkers = number | 'auto';

/** The main thread alone holds 4,000, and with a worker beside it and targets on the same two processors no more (docs/performance.md). */
const BUSY_PER_SECOND = 4_500;
const CALM_PER_SECOND = 2_500;
const WINDOW_MS = 5_000;

/** A worker costs memory and the start of a thread: it stays for a minute of calm. */
const CALM_WINDOWS = 12;

/** Counts runs. Busy for one window: workers; calm for a minute: none; in between: as it was. */
export class Staffing {
  #wanted: number;
  #count = 0;
  #calmWindows = 0;
  #sinceMs: number;
  readonly #setting: ProbeWorkers;
  readonly #most: number;

  /** `processors`: what the machine has; one is the main thread's. */
  constructor(setting: ProbeWorkers, processors: number, nowMs: number) {
    this.#setting = setting;
    this.#wanted = setting === 'auto' ? 0 : setting;
    this.#most = Math.max(1, processors - 1);
    this.#sinceMs = nowMs;
  }

  /** Counts one more run and tells how many workers there should be. */
  noteRun(nowMs: number): number {
    if (this.#setting !== 'auto') return this.#wanted;
    this.#count += 1;
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs >= WINDOW_MS) this.#judge((this.#count * 1_000) / passedMs, nowMs);
    else if (passedMs < 0) this.#sinceMs = nowMs; // the clock was set back
    return this.#wanted;
  }

  #judge(perSecond: number, nowMs: number): void {
    this.#count = 0;
    this.#sinceMs = nowMs;
    this.#calmWindows = perSecond < CALM_PER_SECOND ? this.#calmWindows + 1 : 0;
    if (perSecond > BUSY_PER_SECOND) this.#wanted = this.#most;
    else if (this.#calmWindows >= CALM_WINDOWS) this.#wanted = 0;
  }
}
