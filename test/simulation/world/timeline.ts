/** The one virtual clock: what is due next, for all processes and all that is between them. */
import { DueHeap } from '../../../src/due-heap.ts';
import { mix } from './dice.ts';
import { drain } from './drain.ts';

/** What a process sees first of all that is due at one instant: its timers, then what came in, then who waited for that look. */
export type Phase = 0 | 1 | 2;

/** Something to be done at a time. Only the timeline changes it. */
export interface Appointment {
  readonly fn: () => void;
  /** Whose it is: it may be unable to keep it now. */
  readonly owner: Owner | undefined;
  readonly phase: Phase;
  /** Was it kept, or called off? */
  isOver: boolean;
  dueMs: number;
  order: number;
  heapIndex: number;
}

/** A process that may stand still or be gone. */
export interface Owner {
  readonly number: number;
  /** True: the appointment was taken over, to be kept later or never. */
  intercepts(appointment: Appointment): boolean;
}

const PHASE = 2 ** 50;
const TIE = 2 ** 30;

export class Timeline {
  readonly #heap = new DueHeap<Appointment>();
  readonly #seed: number;
  #nowMs: number;
  #count = 0;
  #steps = 0;

  constructor(seed: number, startMs: number) {
    this.#seed = seed;
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Appointments kept so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Calls `fn` after `delayMs` of virtual time. Equal times are put in order by the seed; but equal delays of one owner, set
   * at one time, keep their order, as Node promises.
   */
  after(delayMs: number, fn: () => void, owner?: Owner, phase: Phase = 0): Appointment {
    const dueMs = Math.ceil(this.#nowMs + delayMs);
    const tie = mix(mix(this.#seed, owner?.number ?? 0), dueMs ^ (delayMs << 8)) >>> 12;
    const order = phase * PHASE + tie * TIE + this.#next();
    const appointment = { dueMs, order, heapIndex: -1, fn, owner, phase, isOver: false };
    this.#heap.push(appointment);
    return appointment;
  }

  /** Puts what an owner has taken over to this instant, behind all that it has put there before. */
  postpone(appointment: Appointment): void {
    if (appointment.isOver) return;
    appointment.dueMs = this.#nowMs;
    appointment.order = appointment.phase * PHASE + this.#next();
    this.#heap.push(appointment);
  }

  cancel(appointment: Appointment): void {
    appointment.isOver = true;
    this.#heap.remove(appointment);
  }

  /** Keeps the next appointment, and lets every promise settle; false: there is none until `untilMs`. */
  step(untilMs: number): boolean {
    const next = this.#heap.first;
    if (next === undefined || next.dueMs > untilMs) {
      this.#nowMs = untilMs;
      return false;
    }
    this.#heap.remove(next);
    this.#nowMs = next.dueMs;
    if (next.owner?.intercepts(next) === true) return true;
    this.#steps += 1;
    next.isOver = true;
    next.fn();
    drain();
    return true;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}
