/** Tells a worker that hangs from one that has nothing to say. */
import type { Clock, TimerId } from '../../clock.ts';

const EVERY_MS = 3_000;

/** Questions in a row that stay without an answer. A thread in a long turn of its event loop answers sooner. */
const MOST_MISSED = 5;

/**
 * Asks again and again for a sign of life. It counts questions and not time: a process that stood still for a minute finds one
 * question without an answer.
 */
export class Pulse {
  #missed = 0;
  #timer: TimerId;
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #onSilence: (reason: string) => void;

  constructor(clock: Clock, ask: () => void, onSilence: (reason: string) => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#onSilence = onSilence;
    this.#wait();
  }

  /** The worker has said something. */
  beat(): void {
    this.#missed = 0;
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = this.#clock.setTimeout(() => {
      if (this.#missed === MOST_MISSED) {
        this.#onSilence(`it gave no sign of life for ${(EVERY_MS * MOST_MISSED) / 1_000} s`);
        return;
      }
      this.#missed += 1;
      this.#ask();
      this.#wait();
    }, EVERY_MS);
  }
}
