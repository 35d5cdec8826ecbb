/** Look-ups in another process: shared while in flight, bounded in number, and never in one another's way. */
import type { Clock, TimerId } from '../clock.ts';
import { startTimeLimit } from '../time-limit.ts';
import { LOOKUP_LANES, startLookupProcess, type LookupAnswer, type LookupProcess } from './lookup-process.ts';

/** After this a look-up is given up, and the next of the same name starts anew: a resolver that is back is believed at once. */
const GIVEN_UP_AFTER_MS = 10_000;

/**
 * When every lane has been taken for this long and names still wait, the look-ups that hang change places with them: a hundred
 * dead domains must not keep the living ones from being found.
 */
const CHANGE_PLACES_AFTER_MS = 2_000;

interface Lookup {
  readonly name: string;
  readonly answer: Promise<LookupAnswer>;
  readonly settle: (answer: LookupAnswer) => void;
  stopLimit: () => void;
}

/** Asks the system's resolver, at most {@link LOOKUP_LANES} names at once. */
export class LookupPool {
  #process: LookupProcess | undefined;
  #nextId = 1;
  /** Look-ups given up whose thread still hangs in the process. */
  #stuck = 0;
  #changing: TimerId;
  readonly #byName = new Map<string, Lookup>();
  readonly #asked = new Map<number, Lookup>();
  readonly #waiting = new Set<Lookup>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves to addresses in the system's order, or to the code of the system's error; `ETIMEOUT` when it gave none. */
  lookUp(name: string): Promise<LookupAnswer> {
    const known = this.#byName.get(name);
    if (known !== undefined) return known.answer;
    const { promise: answer, resolve: settle } = withResolvers<LookupAnswer>();
    const lookup: Lookup = { name, answer, settle, stopLimit: () => undefined };
    this.#byName.set(name, lookup);
    this.#waiting.add(lookup);
    lookup.stopLimit = startTimeLimit(this.#clock, GIVEN_UP_AFTER_MS, GIVEN_UP_AFTER_MS, () => {
      this.#giveUp(lookup);
    });
    this.#fill();
    return answer;
  }

  dispose(): void {
    this.#process?.kill();
    this.#process = undefined;
    if (this.#changing !== undefined) this.#clock.clearTimeout(this.#changing);
    for (const lookup of this.#byName.values()) this.#finish(lookup, 'ECANCELLED');
    this.#asked.clear();
    this.#waiting.clear();
  }

  #fill(): void {
    for (const lookup of this.#waiting) {
      if (this.#isFull) break;
      this.#waiting.delete(lookup);
      this.#ask(lookup);
    }
    if (!this.#isFull || this.#waiting.size === 0) return;
    this.#changing ??= this.#clock.setTimeout(() => {
      this.#changing = undefined;
      if (this.#isFull && this.#waiting.size > 0) this.#changePlaces();
    }, CHANGE_PLACES_AFTER_MS);
  }

  get #isFull(): boolean {
    return this.#asked.size + this.#stuck >= LOOKUP_LANES;
  }

  #ask(lookup: Lookup): void {
    this.#process ??= startLookupProcess(
      (id, answer) => {
        this.#onAnswer(id, answer);
      },
      () => {
        this.#onExit();
      },
    );
    const id = this.#nextId++;
    this.#asked.set(id, lookup);
    this.#process.ask(id, lookup.name);
  }

  #onAnswer(id: number, answer: LookupAnswer): void {
    const lookup = this.#asked.get(id);
    if (lookup === undefined) this.#stuck -= 1;
    else {
      this.#asked.delete(id);
      this.#finish(lookup, answer);
    }
    this.#fill();
  }

  #giveUp(lookup: Lookup): void {
    this.#waiting.delete(lookup);
    for (const [id, asked] of this.#asked) {
      if (asked !== lookup) continue;
      this.#asked.delete(id);
      this.#stuck += 1;
    }
    this.#finish(lookup, 'ETIMEOUT');
    this.#fill();
  }

  /** What was asked fails now and is asked anew by the next probe: trying at once might end the new process as well. */
  #onExit(): void {
    this.#process = undefined;
    this.#stuck = 0;
    for (const lookup of this.#asked.values()) this.#finish(lookup, 'EAI_AGAIN');
    this.#asked.clear();
  }

  /** Threads cannot be called back: the process goes, and who hung in it queues behind who waited. */
  #changePlaces(): void {
    this.#process?.kill();
    this.#process = undefined;
    this.#stuck = 0;
    for (const lookup of this.#asked.values()) this.#waiting.add(lookup);
    this.#asked.clear();
    this.#fill();
  }

  #finish(lookup: Lookup, answer: LookupAnswer): void {
    lookup.stopLimit();
    this.#byName.delete(lookup.name);
    lookup.settle(answer);
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
const withResolvers = <T>(): { promise: Promise<T>; resolve: (value: T) => void } => {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  if (resolve === undefined) throw new Error('a promise calls its executor at once');
  return { promise, resolve };
};
