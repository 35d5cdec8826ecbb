/** A process of the virtual world: its clock, what comes in from outside, pauses, and its end. */
import type { Clock } from '../../../src/clock.ts';
import type { Appointment, Owner, Phase, Timeline } from './timeline.ts';

/** Node's shortest timer. */
const LEAST_MS = 1;

const [TIMERS, INCOMING, LATER]: readonly [Phase, Phase, Phase] = [0, 1, 2];

export class Process implements Owner {
  readonly number: number;
  readonly clock: Clock;
  readonly #timeline: Timeline;
  #timers = 0;
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
        timeline.after(0, fn, this, LATER);
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
    return this.#timers;
  }

  /** Something comes in from outside after `delayMs`: the answer of a target, of Consul. */
  comesIn(delayMs: number, fn: () => void): Appointment {
    return this.#timeline.after(delayMs, fn, this, INCOMING);
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

  /** Ends at once: nothing that it has yet to do is done. */
  kill(): void {
    this.#isDead = true;
    this.#backlog = undefined;
    this.#timers = 0;
  }

  intercepts(appointment: Appointment): boolean {
    if (this.#isDead) return true;
    if (this.#backlog !== undefined) {
      this.#backlog.push(appointment);
      return true;
    }
    if (appointment.phase === TIMERS) this.#timers -= 1;
    return false;
  }

  #setTimer(fn: () => void, delayMs: number): Appointment {
    this.#timers += 1;
    return this.#timeline.after(Math.max(LEAST_MS, delayMs), fn, this, TIMERS);
  }

  #clear(timer: Appointment): void {
    if (!timer.isOver && !this.#isDead) this.#timers -= 1;
    this.#timeline.cancel(timer);
  }
}
