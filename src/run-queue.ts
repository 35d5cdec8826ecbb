/** Which runs may start now: one of each thing at a time, and no more in all than there is room for. */

/** What can be begun again and again. */
export interface Startable {
  /** Begins a run; must not throw. `done` is to be called when the run is over, however it ended; once more is harmless. */
  start(done: () => void): void;
}

/** Something that runs now and then. */
export interface Run {
  what: Startable;
  /** The due time that the next start answers; undefined when that was asked for out of turn. */
  dueMs: number | undefined;
  state: 'idle' | 'waiting' | 'running' | 'runningWanted' | 'cancelled';
}

/** Starts in one turn of the event loop, which take some 20 ms: a thousand sockets opened in one go keep everything else waiting. */
const STARTS_PER_TURN = 64;

/** Runs that wait, in the order they were asked for, and how many are going. */
export class RunQueue {
  #running = 0;
  readonly #waiting = new Set<Run>();
  readonly #maxConcurrent: number;
  readonly #onRoom: () => void;

  /** `onRoom` is called when a run has ended for which another has waited. */
  constructor(maxConcurrent: number, onRoom: () => void) {
    this.#maxConcurrent = maxConcurrent;
    this.#onRoom = onRoom;
  }

  /** Could something start at once? */
  get isReady(): boolean {
    return this.#waiting.size > 0 && this.#running < this.#maxConcurrent;
  }

  /** Asks for a start. False: the run is waiting or going already. */
  request(run: Run, dueMs: number | undefined): boolean {
    if (run.state !== 'idle') return false;
    run.dueMs = dueMs;
    run.state = 'waiting';
    this.#waiting.add(run);
    return true;
  }

  /** Asks for a start now, or, while the run is going, for one more right after. */
  requestAgain(run: Run): void {
    if (run.state === 'running') run.state = 'runningWanted';
    else this.request(run, undefined);
  }

  /** The run starts no more; if it is going it is left to end. */
  cancel(run: Run): void {
    run.state = 'cancelled';
    this.#waiting.delete(run);
  }

  /** Starts what waits, as far as there is room in this turn; tells of each before it starts. */
  startWaiting(onStart: (run: Run) => void): void {
    let left = STARTS_PER_TURN;
    for (const run of this.#waiting) {
      if (left === 0 || this.#running >= this.#maxConcurrent) return;
      left -= 1;
      this.#waiting.delete(run);
      onStart(run);
      this.#start(run);
    }
  }

  #start(run: Run): void {
    run.state = 'running';
    this.#running += 1;
    let isOver = false;
    run.what.start(() => {
      if (isOver) return;
      isOver = true;
      this.#onDone(run);
    });
  }

  #onDone(run: Run): void {
    const wasFull = this.#running >= this.#maxConcurrent;
    this.#running -= 1;
    const isWanted = run.state === 'runningWanted';
    if (run.state !== 'cancelled') run.state = 'idle';
    if (isWanted) this.request(run, undefined);
    if (isWanted || (wasFull && this.#waiting.size > 0)) this.#onRoom();
  }
}
