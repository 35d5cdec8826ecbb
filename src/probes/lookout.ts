/**
 * When the kernel is asked what has come on descriptors that libuv does not watch: in the turn in which something was begun, for near
 * targets answer at once; in the next turn, while something comes; and else every few milliseconds for as long as anything is awaited.
 * libuv would watch them through koffi, whose calls back do not survive the sudden end of a thread, and a wake for each answer costs
 * no less than these looks.
 */
import { systemClock, type TimerId } from '../clock.ts';

/** By how much each step of a probe may be seen late. Time-outs are exact to ten times as much. */
const EVERY_MS = 5;

export class Lookout implements Disposable {
  #isBegun = false;
  #isOver = false;
  #timer: TimerId;
  readonly #look: () => boolean;
  readonly #isAwaiting: () => boolean;

  /** `look` takes a bounded number of what has come, and tells whether anything has. */
  constructor(look: () => boolean, isAwaiting: () => boolean) {
    this.#look = look;
    this.#isAwaiting = isAwaiting;
  }

  /** Something is awaited from now on. */
  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    systemClock.afterPoll(this.#lookNow);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    systemClock.clearTimeout(this.#timer);
  }

  readonly #lookNow = (): void => {
    if (this.#isOver) return;
    this.#isBegun = false;
    systemClock.clearTimeout(this.#timer);
    this.#goOn(this.#look());
  };

  #goOn(hasCome: boolean): void {
    if (this.#isOver) return;
    if (hasCome) this.begin();
    else if (this.#isAwaiting()) this.#timer = systemClock.setTimeout(this.#lookNow, EVERY_MS);
  }
}
