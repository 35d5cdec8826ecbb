/** Messages that leave together: one post a turn of the event loop, whatever the number of messages. */
import type { Clock } from '../../clock.ts';

/** Collects what is put in, and hands all of it to `post` once the turn is over. */
export class Outbox<Message> {
  #waiting: Message[] = [];
  readonly #clock: Clock;
  readonly #post: (messages: readonly Message[]) => void;

  constructor(clock: Clock, post: (messages: readonly Message[]) => void) {
    this.#clock = clock;
    this.#post = post;
  }

  put(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length === 1) this.#clock.afterPoll(this.#flush);
  }

  readonly #flush = (): void => {
    const messages = this.#waiting;
    this.#waiting = [];
    this.#post(messages);
  };
}
