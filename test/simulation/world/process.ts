/** A process of the virtual world: its clock, what comes in from outside, pauses, and its end. */
import type { Clock } from '../../../src/clock.ts';
import type { Appointment, Owner, Timeline } from './timeline.ts';

/** Node's shortest timer. */
const LEAST_MS = 1;

export class Process implements Owner {
  readonly number: number;
  readonly clock: Clock;
  readonly #timeline: Timeline;
  readonly #timers = new Set<Appointment>();
  /** What fell due during a pause, in order. */
  #backlog: Appointment[] | undefined;
  #isDead = false;

  /** `number` is its place in the order of what is due at one time. */
  constructor(timeline: Timeline, number: number) {
    this.number = number;
    this.#timeline = timeline;
    this.clock = {
      now: () => timeline.nowMs,
      setTimeout: (fn, delayMs) => this.#setTimer(fn, delayMs),
      clearTimeout: (id) => {
        if (id !== undefined) this.#clear(id as Appointment); // safe: only this clock's ids reach it
      },
      afterPoll: (fn) => {
        timeline.after(0, fn, this, 2);
      },
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isPaused(): boolean {
    return this.#backlog !== undefined;
  }

  /** How many timers are set and have not fired. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Something comes in from outside after `delayMs`: the answer of a target, of Consul. */
  comesIn(delayMs: number, fn: () => void): Appointment {
    return this.#timeline.after(delayMs, fn, this, 1);
  }

  /** Stands still, as after SIGSTOP. */
  pause(): void {
    this.#backlog ??= [];
  }

  /** Goes on: first the timers that fell due meanwhile, then what came in. */
  resume(): void {
    const backlog = this.#backlog ?? [];
    this.#backlog = undefined;
    for (const appointment of backlog) this.#timeline.postpone(appointment);
  }

  /** Ends at once, with all it had. */
  kill(): void {
    this.#isDead = true;
    this.#backlog = undefined;
    for (const timer of this.#timers) this.#timeline.cancel(timer);
    this.#timers.clear();
  }

  intercepts(appointment: Appointment): boolean {
    if (!this.#isDead) this.#backlog?.push(appointment);
    return this.#isDead || this.#backlog !== undefined;
  }

  #setTimer(fn: () => void, delayMs: number): Appointment {
    const timer = this.#timeline.after(
      Math.max(LEAST_MS, delayMs),
      () => {
        this.#timers.delete(timer);
        fn();
      },
      this,
    );
    this.#timers.add(timer);
    return timer;
  }

  #clear(timer: Appointment): void {
    this.#timers.delete(timer);
    this.#timeline.cancel(timer);
  }
}
