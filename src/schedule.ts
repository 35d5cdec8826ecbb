/** When what is due. One heap, one timer, however many entries; what runs when it is due is the caller's. */
import type { Clock, Random } from './clock.ts';
import { DueHeap, type Due } from './due-heap.ts';
import { createNewcomers } from './newcomers.ts';
import { createSteadyTimer, type SteadyTimer } from './steady-timer.ts';

/** Something to be started again and again. */
export interface ScheduleEntry {
  /** Time between two starts. */
  readonly intervalMs: number;
  /** Begins a run; must not throw. `done` is to be called when the run is over, however it ended; once more is harmless. */
  start(done: () => void): void;
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

interface Slot extends Due {
  entry: ScheduleEntry;
  intervalMs: number;
  /** The tick that the next start answers; undefined when that was asked for out of turn. */
  tickMs: number | undefined;
  state: 'idle' | 'waiting' | 'running' | 'runningWanted' | 'removed';
  /** Is the next tick the one that sets the phase? */
  isFirst: boolean;
}

const NOTHING_COUNTED: ScheduleCounters = { maxLagMs: 0, started: 0, skipped: 0 };

/** Starts in one turn of the event loop: a thousand sockets opened in one go keep everything else waiting. */
const STARTS_PER_TURN = 500;

/** Makes an empty schedule; it holds no timer until something is added. */
export const createSchedule = (options: ScheduleOptions): Schedule => new HeapSchedule(options);

class HeapSchedule implements Schedule {
  readonly #slots = new Map<string, Slot>();
  readonly #heap = new DueHeap<Slot>();
  readonly #waiting = new Set<Slot>();
  readonly #newcomers = createNewcomers();
  readonly #options: ScheduleOptions;
  readonly #timer: SteadyTimer;
  #running = 0;
  #lastOrder = 0;
  #counters = NOTHING_COUNTED;
  #isPumping = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#timer = createSteadyTimer(options.clock, () => {
      this.#pump();
    });
  }

  add(key: string, entry: ScheduleEntry): void {
    const known = this.#slots.get(key);
    if (known !== undefined) {
      known.entry = entry;
      this.setInterval(key, entry.intervalMs);
      return;
    }
    const nowMs = this.#timer.now();
    const intervalMs = Math.max(1, entry.intervalMs);
    const isFirst = !this.#newcomers.isCrowd(nowMs);
    const dueMs = isFirst ? nowMs : this.#within(intervalMs);
    const slot: Slot = {
      entry,
      intervalMs,
      dueMs,
      order: ++this.#lastOrder,
      heapIndex: -1,
      tickMs: undefined,
      state: 'idle',
      isFirst,
    };
    this.#slots.set(key, slot);
    this.#heap.push(slot);
    this.#arm();
  }

  remove(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    slot.state = 'removed';
    this.#slots.delete(key);
    this.#heap.remove(slot);
    this.#waiting.delete(slot);
  }

  setInterval(key: string, intervalMs: number): void {
    const slot = this.#slots.get(key);
    if (slot === undefined || slot.intervalMs === intervalMs) return;
    slot.intervalMs = Math.max(1, intervalMs);
    if (slot.dueMs > this.#timer.now() + intervalMs) this.#putOff(slot, this.#within(slot.intervalMs));
    this.#arm();
  }

  runNow(key: string): void {
    const slot = this.#slots.get(key);
    if (slot?.state === 'running') slot.state = 'runningWanted';
    if (slot?.state !== 'idle') return;
    this.#await(slot, undefined);
    this.#pump();
  }

  stop(): void {
    for (const key of [...this.#slots.keys()]) this.remove(key);
    this.#timer.clear();
  }

  takeCounters(): ScheduleCounters {
    const taken = this.#counters;
    this.#counters = NOTHING_COUNTED;
    return taken;
  }

  /** Starts what is due, and what has waited, as far as there is room. */
  #pump(): void {
    if (this.#isPumping) return; // a run that ended within its own start
    this.#isPumping = true;
    this.#collect(this.#timer.now());
    let left = STARTS_PER_TURN;
    for (const slot of this.#waiting) {
      if (left === 0 || this.#running >= this.#options.maxConcurrent) break;
      left -= 1;
      this.#waiting.delete(slot);
      this.#start(slot);
    }
    this.#isPumping = false;
    this.#arm();
  }

  /** Lets every tick up to now fall due. */
  #collect(nowMs: number): void {
    for (let slot = this.#heap.first; slot !== undefined && slot.dueMs <= nowMs; slot = this.#heap.first) {
      const { dueMs, intervalMs } = slot;
      const passed = slot.isFirst ? 1 : 1 + Math.floor((nowMs - dueMs) / intervalMs);
      this.#putOff(slot, slot.isFirst ? this.#within(intervalMs) : dueMs + passed * intervalMs);
      slot.isFirst = false;
      const isIdle = slot.state === 'idle';
      if (isIdle) this.#await(slot, dueMs);
      this.#count({ skipped: isIdle ? passed - 1 : passed });
    }
  }

  #start(slot: Slot): void {
    const lagMs = slot.tickMs === undefined ? 0 : Math.max(0, this.#timer.now() - slot.tickMs);
    if (slot.tickMs !== undefined) this.#options.onLag?.(lagMs);
    this.#count({ started: 1, lagMs });
    slot.state = 'running';
    this.#running += 1;
    let isOver = false;
    slot.entry.start(() => {
      if (isOver) return;
      isOver = true;
      this.#onDone(slot);
    });
  }

  #onDone(slot: Slot): void {
    this.#running -= 1;
    if (slot.state === 'runningWanted') this.#await(slot, undefined);
    else if (slot.state === 'running') slot.state = 'idle';
    if (this.#waiting.size > 0) this.#pump();
  }

  #await(slot: Slot, tickMs: number | undefined): void {
    slot.tickMs = tickMs;
    slot.state = 'waiting';
    this.#waiting.add(slot);
  }

  #putOff(slot: Slot, dueMs: number): void {
    this.#heap.remove(slot);
    slot.dueMs = dueMs;
    this.#heap.push(slot);
  }

  #within(intervalMs: number): number {
    return this.#timer.now() + this.#options.random() * intervalMs;
  }

  #arm(): void {
    const { first } = this.#heap;
    const isMoreNow = this.#waiting.size > 0 && this.#running < this.#options.maxConcurrent;
    if (isMoreNow) this.#timer.set(this.#timer.now());
    else if (first !== undefined) this.#timer.set(first.dueMs);
  }

  #count({ started = 0, skipped = 0, lagMs = 0 }: { started?: number; skipped?: number; lagMs?: number }): void {
    const { maxLagMs, started: startedBefore, skipped: skippedBefore } = this.#counters;
    this.#counters = {
      maxLagMs: Math.max(maxLagMs, lagMs),
      started: startedBefore + started,
      skipped: skippedBefore + skipped,
    };
  }
}
