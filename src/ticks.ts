/** When each of many things falls due: a phase of its own, then a fixed rate without drift. */
import type { Random } from './clock.ts';
import { DueHeap, type Due } from './due-heap.ts';
import { createNewcomers } from './newcomers.ts';

/** The next due time of one thing. */
export interface Tick<Owner> extends Due {
  readonly owner: Owner;
  intervalMs: number;
  /** Has the tick that sets the phase not come yet? */
  isFirst: boolean;
}

/** What falls due: the tick's owner, when it was due, and how many of its ticks have passed by now, this one included. */
export type OnDue<Owner> = (owner: Owner, dueMs: number, passed: number) => void;

/**
 * Phases lie on multiples of this, and so do all ticks after them as long as intervals do: what is due together costs one turn of
 * the event loop together, and a turn costs a fifth of a probe.
 */
const GRID_MS = 10;

/** Ticks of many owners. Time is given by the caller, in milliseconds of one steady clock. */
export class Ticks<Owner> {
  readonly #heap = new DueHeap<Tick<Owner>>();
  readonly #newcomers = createNewcomers();
  readonly #random: Random;
  #lastOrder = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** When the next tick of all falls due; undefined: never. */
  get nextMs(): number | undefined {
    return this.#heap.first?.dueMs;
  }

  /** Due at once; in a crowd, at random within the interval that began with it: 50,000 take many seconds to come. */
  enter(owner: Owner, intervalMs: number, nowMs: number): Tick<Owner> {
    const crowdSinceMs = this.#newcomers.crowdSinceMs(nowMs);
    const isFirst = crowdSinceMs === undefined;
    const dueMs = isFirst ? nowMs : Math.max(nowMs, this.#within(intervalMs, crowdSinceMs));
    const tick = { owner, intervalMs, isFirst, dueMs, order: ++this.#lastOrder, heapIndex: -1 };
    this.#heap.push(tick);
    return tick;
  }

  leave(tick: Tick<Owner>): void {
    this.#heap.remove(tick);
  }

  /** Changes the rate: from the next tick on, which comes no later than the new interval from now. */
  setInterval(tick: Tick<Owner>, intervalMs: number, nowMs: number): void {
    tick.intervalMs = intervalMs;
    if (tick.dueMs > nowMs + intervalMs) this.#heap.move(tick, this.#within(intervalMs, nowMs));
  }

  /** Lets everything up to now fall due, first due first. */
  collect(nowMs: number, onDue: OnDue<Owner>): void {
    for (let tick = this.#heap.first; tick !== undefined && tick.dueMs <= nowMs; tick = this.#heap.first) {
      const { dueMs, intervalMs, isFirst } = tick;
      const passed = isFirst ? 1 : 1 + Math.floor((nowMs - dueMs) / intervalMs);
      this.#heap.move(tick, isFirst ? this.#within(intervalMs, nowMs) : dueMs + passed * intervalMs);
      tick.isFirst = false;
      onDue(tick.owner, dueMs, passed);
    }
  }

  #within(intervalMs: number, nowMs: number): number {
    const atMs = nowMs + this.#random() * intervalMs;
    return Math.min(nowMs + intervalMs, Math.ceil(atMs / GRID_MS) * GRID_MS);
  }
}
