/** Ends sessions that nobody renews. */
import { parseGoDuration } from '../../duration.ts';
import type { TimerId } from '../../clock.ts';
import { deleteSession } from './sessions.ts';
import type { State } from './state.ts';

/** A TTL is a lower bound: the leader waits twice as long. */
const PATIENCE = 2;

const TOPIC = 'session ';

export class SessionTimers {
  readonly #state: State;
  readonly #timers = new Map<string, TimerId>();

  constructor(state: State) {
    this.#state = state;
    state.observe((topics) => {
      for (const topic of topics) if (topic.startsWith(TOPIC)) this.renew(topic.slice(TOPIC.length));
    });
  }

  /** Begins the session's time anew, if it has a TTL and lives. */
  renew(id: string): void {
    const { clock, sessions } = this.#state;
    clock.clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const ttlMs = parseGoDuration(sessions.get(id)?.TTL ?? '') ?? 0;
    if (ttlMs > 0)
      this.#timers.set(
        id,
        clock.setTimeout(() => {
          this.#expire(id);
        }, ttlMs * PATIENCE),
      );
  }

  stop(): void {
    for (const timer of this.#timers.values()) this.#state.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #expire(id: string): void {
    this.#state.write(() => {
      deleteSession(this.#state, id);
    });
  }
}
