/** When each of many things falls due: a phase of its own, then a fixed rate without drift. */
import type { Random } from './clock.ts';
import { DueHeap, type Due } from './due-heap.ts';
import { createNewcomers } from './newcomers.ts';

/** What falls due together. */
interface Moment<Owner> extends Due {
  readonly ticks: Tick<Owner>[];
}

/** The next due time of one thing. */
export interface Tick<Owner> {
  readonly owner: Owner;
  intervalMs: number;
  dueMs: number;
  /** Has the tick that sets the phase not come yet? */
  isFirst: boolean;
  /** Where it lies among those that are due with it. */
  index: number;
}

/** What falls due: the tick's owner, when it was due, and how many of its ticks have passed by now, this one included. */
export type OnDue<Owner> = (owner: Owner, dueMs: number, passed: number) => void;

/**
 * Phases lie on multiples of this, and so do all ticks after them as long as intervals do: what is due together is found together, and
 * shares a turn of the event loop, whose processor caches are warm for it.
 */
const GRID_MS = 50;

/** Ticks of many owners. Time is given by the caller, in milliseconds of one steady clock. */
export class Ticks<Owner> {
  readonly #heap = new DueHeap<Moment<Owner>>();
  readonly #moments = new Map<number, Moment<Owner>>();
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
    const tick = { owner, intervalMs, dueMs, isFirst, index: 0 };
    this.#put(tick, dueMs);
    return tick;
  }

  /** Nothing happens when it has left. */
  leave(tick: Tick<Owner>): void {
    const moment = this.#moments.get(tick.dueMs);
    if (moment?.ticks[tick.index] !== tick) return;
    const last = moment.ticks.pop();
    if (last !== undefined && last !== tick) {
      moment.ticks[tick.index] = last;
      last.index = tick.index;
    }
    if (moment.ticks.length === 0) this.#forget(moment);
  }

  /** Changes the rate: from the next tick on, which comes no later than the new interval from now. */
  setInterval(tick: Tick<Owner>, intervalMs: number, nowMs: number): void {
    tick.intervalMs = intervalMs;
    if (tick.dueMs <= nowMs + intervalMs) return;
    this.leave(tick);
    this.#put(tick, this.#within(intervalMs, nowMs));
  }

  /** Lets everything up to now fall due, first due first. */
  collect(nowMs: number, onDue: OnDue<Owner>): void {
    for (let moment = this.#heap.first; moment !== undefined && moment.dueMs <= nowMs; moment = this.#heap.first) {
      const { dueMs } = moment;
      this.#forget(moment);
      for (const tick of moment.ticks) {
        const { intervalMs, isFirst } = tick;
        const passed = isFirst ? 1 : 1 + Math.floor((nowMs - dueMs) / intervalMs);
        this.#put(tick, isFirst ? this.#within(intervalMs, nowMs) : dueMs + passed * intervalMs);
        tick.isFirst = false;
        onDue(tick.owner, dueMs, passed);
      }
    }
  }

  #put(tick: Tick<Owner>, dueMs: number): void {
    let moment = this.#moments.get(dueMs);
    if (moment === undefined) {
      moment = { dueMs, ticks: [], order: ++this.#lastOrder, heapIndex: -1 };
      this.#moments.set(dueMs, moment);
      this.#heap.push(moment);
    }
    tick.dueMs = dueMs;
    tick.index = moment.ticks.push(tick) - 1;
  }

  #forget(moment: Moment<Owner>): void {
    this.#moments.delete(moment.dueMs);
    this.#heap.remove(moment);
  }

  #within(intervalMs: number, nowMs: number): number {
    const atMs = nowMs + this.#random() * intervalMs;
    return Math.min(nowMs + intervalMs, Math.ceil(atMs / GRID_MS) * GRID_MS);
  }
}
