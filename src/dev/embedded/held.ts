/** Blocking queries: held until their index moves, or their wait runs out. */
import { parseGoDuration } from '../../duration.ts';
import type { Random, TimerId } from '../../clock.ts';
import type { Reading } from './reading.ts';
import { type EmbeddedRequest, has, parameter, Refusal } from './request.ts';
import type { State } from './state.ts';

const DEFAULT_WAIT_MS = 300_000;
const MAX_WAIT_MS = 600_000;

/** Consul adds up to this part of the wait, so that many queries do not end at once. */
const JITTER = 1 / 16;

/** How long a question may be held, and after which index it wants a change. */
interface Patience {
  readonly index: number;
  readonly waitMs: number;
}

interface Held extends Patience {
  readonly read: () => Reading;
  readonly answer: (reading: Reading) => void;
  reading: Reading;
  timer: TimerId;
}

/** Ends a question without an answer. */
export type Cancel = () => void;

/** Throws 400 for parameters that make no sense. */
export function patienceOf(request: EmbeddedRequest): Patience {
  if (has(request, 'stale') && has(request, 'consistent'))
    throw new Refusal(400, 'Cannot specify ?stale with ?consistent, conflicting semantics.');
  const [index = '', wait = ''] = [parameter(request, 'index'), parameter(request, 'wait')];
  if (!/^\d*$/.test(index)) throw new Refusal(400, 'Invalid index');
  const waitMs = wait === '' ? 0 : parseGoDuration(wait);
  if (waitMs === undefined) throw new Refusal(400, 'Invalid wait time');
  return { index: Number(index), waitMs: waitMs === 0 ? DEFAULT_WAIT_MS : Math.min(waitMs, MAX_WAIT_MS) };
}

export class HeldQueries {
  readonly #state: State;
  readonly #random: Random;
  /** In the order they were asked. */
  readonly #held = new Set<Held>();

  constructor(state: State, random: Random) {
    this.#state = state;
    this.#random = random;
    state.observe((topics) => {
      this.#wake(topics);
    });
  }

  /** Answers now, or when something that the question is about has moved beyond its index, or when its wait is over. */
  ask(patience: Patience, read: () => Reading, answer: (reading: Reading) => void): Cancel {
    const reading = read();
    if (!isDue(patience, reading)) return this.#hold({ read, answer, reading, timer: undefined, ...patience });
    answer(reading);
    return () => undefined;
  }

  /** Forgets all of them; nobody is answered. */
  stop(): void {
    for (const held of this.#held) this.#drop(held);
  }

  #hold(held: Held): Cancel {
    const waitMs = held.waitMs * (1 + this.#random() * JITTER);
    this.#held.add(held);
    held.timer = this.#state.clock.setTimeout(() => {
      this.#drop(held);
      held.answer(held.reading); // as last read, which may be older than what a new question would find
    }, waitMs);
    return () => {
      this.#drop(held);
    };
  }

  #wake(topics: ReadonlySet<string>): void {
    for (const held of [...this.#held]) {
      if (!this.#held.has(held) || !held.reading.topics.some((topic) => isAmong(topic, topics))) continue;
      held.reading = held.read();
      if (!isDue(held, held.reading)) continue;
      this.#drop(held);
      held.answer(held.reading);
    }
  }

  #drop(held: Held): void {
    this.#held.delete(held);
    this.#state.clock.clearTimeout(held.timer);
  }
}

const isDue = ({ index }: Patience, reading: Reading): boolean => index === 0 || Math.max(1, reading.index) > index;

function isAmong(topic: string, topics: ReadonlySet<string>): boolean {
  if (!topic.endsWith('*')) return topics.has(topic);
  const start = topic.slice(0, -1);
  for (const touched of topics) if (touched.startsWith(start)) return true;
  return false;
}
