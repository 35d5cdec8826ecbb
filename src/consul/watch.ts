/** The one loop of blocking queries: asks, waits for a change, tells it, and asks again, for as long as it is let. */
import { createHash } from 'node:crypto';
import { backoffMs, failuresAfter } from '../../machines/rules/backoff.ts';
import { EsmError } from '../errors.ts';
import { requireSight } from './acl-filter.ts';
import type { Answer, AnswerHead } from './answer.ts';
import { afterCost, type Bucket, emptied, fullBucket, take } from './bucket.ts';
import type { ConsulClient } from './client.ts';
import type { Watch, WatchObserver } from './consul.ts';
import { requireOk } from './errors.ts';
import { createRest, type Rest } from './rest.ts';
import type { BodyReader, Call, Query } from './transport.ts';

/** How long a query rests in Consul while nothing changes. */
export interface Hold {
  /** What Consul is asked for; it adds up to a sixteenth. */
  readonly waitS: number;
  /** What is left for the way; an answer that takes longer counts as trouble. */
  readonly wayMs: number;
}

/** Below the minute after which load balancers drop an idle connection. */
const LONG_HOLD: Hold = { waitS: 50, wayMs: 5_000 };

/**
 * A first answer comes at once, and one that does not has gone to a leader that is cut off. But 50,000 checks take Consul two
 * seconds, the wire and reading some more, on a slow machine many: every further try waits twice as long, up to the longest.
 */
const FIRST_TIMEOUT_MS = 5_000;
const LONGEST_FIRST_TIMEOUT_MS = 40_000;

/** Up to here a body is kept to be compared; of a longer one its digest is. */
const SHORT_BYTES = 1024;

/** 50,000 checks are 27 MB with short outputs; with 4 KiB each they would be 200. */
const MAX_BYTES = 256 * 1024 * 1024;

/** What to follow. */
export interface BlockingQuery<T> {
  /** Names the query in errors. */
  readonly what: string;
  readonly path: string;
  /** Read anew for every question. */
  readonly query?: Query;
  /** Who reads the body of the next answer while it comes; `parse` is then given one without, and every answer is told. Default, and if undefined: nobody. */
  reader?(head: AnswerHead): BodyReader | undefined;
  /** What that took this process, in milliseconds. Default: nothing. */
  readMs?(): number;
  /** Makes the value of an answer of status 200, or of 404 when `isAbsentOk`. May throw an EsmError. */
  parse(answer: Answer, signal: AbortSignal): T | Promise<T>;
  /** Every answer is told, for its value says what is new in it. Default: none whose body is that of the one before. */
  readonly isEachTold?: true;
  /** Default: {@link LONG_HOLD}. */
  readonly hold?: Hold | undefined;
  /** How long Consul is to be left alone after the last answer, for what it costs there. Default: not at all. */
  restMs?(): number;
  /** How long Consul is to be left alone while this instance itself changes all the time what is asked for; 0: it does not. Default: 0. */
  crowdRestMs?(): number;
  /** 404 is an answer too: a KV key that does not exist. */
  readonly isAbsentOk?: boolean;
  /** What the token needs, told when Consul refuses. */
  readonly permission?: string;
  /** Is such a value perhaps empty for want of permission only? Then it is told when nodes can be read, and it is found again. */
  isDoubtful?(value: T): boolean;
}

/** One that says from which index to go on. */
type IndexedAnswer = Answer & { readonly index: number };

const isIndexed = (answer: Answer): answer is IndexedAnswer => answer.index !== undefined;

/** Starts to follow `query`; see {@link Watch} and {@link WatchObserver} for what is promised. */
export function startWatch<T>(client: ConsulClient, query: BlockingQuery<T>, observer: WatchObserver<T>): Watch {
  const loop = new Loop(client, query, observer);
  void loop.run();
  return loop;
}

class Loop<T> implements Watch {
  readonly #client: ConsulClient;
  readonly #query: BlockingQuery<T>;
  readonly #observer: WatchObserver<T>;
  readonly #ended = new AbortController();
  readonly #rest: Rest;
  #bucket: Bucket;
  /** Ends the question under way, and no other. In an outage it may have gone into a hole, and would hang for a minute. */
  #asking = new AbortController();
  /** What to ask for: a change after this index, or (0) whatever there is. */
  #index = 0;
  #digest: string | undefined;

  constructor(client: ConsulClient, query: BlockingQuery<T>, observer: WatchObserver<T>) {
    this.#client = client;
    this.#query = query;
    this.#observer = observer;
    this.#rest = createRest(client.clock, this.#ended.signal);
    this.#bucket = fullBucket(client.clock.now());
  }

  stop(): void {
    this.#ended.abort();
    this.#asking.abort();
  }

  /** From the start: Consul may have lost its state between two questions, and held the next, for an old index, all its wait. */
  wake(): void {
    this.#index = 0;
    this.#asking.abort();
    this.#rest.wake();
  }

  async run(): Promise<void> {
    for (let failures = 0; !this.#ended.signal.aborted;) {
      try {
        await this.#takeTurn();
        await this.#ask(failures);
        failures = 0;
      } catch (error) {
        if (this.#asking.signal.aborted) continue;
        this.#observer.onTrouble(asEsmError(this.#query.what, error));
        failures = failuresAfter(failures, { error });
        this.#index = 0; // a restarted Consul counts from the start, and holds a query for an index beyond for the whole wait
        await this.#rest.pause(backoffMs(failures, this.#client.random()));
      }
    }
  }

  async #takeTurn(): Promise<void> {
    const { bucket, waitMs } = take(this.#bucket, this.#client.clock.now());
    this.#bucket = bucket;
    await this.#rest.pause(waitMs);
  }

  async #ask(failures: number): Promise<void> {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const answer = await this.#answer(this.#index, failures, signal);
    const startedMs = this.#client.clock.now();
    const index = await this.#tell(answer, signal);
    this.#rateAfter(this.#client.clock.now() - startedMs + (this.#query.readMs?.() ?? 0));
    // Lower than the last: Consul lost its state, begin anew. And a query for index 0 would never be held.
    this.#index = signal.aborted || index < this.#index ? 0 : Math.max(1, index);
  }

  async #answer(index: number, failures: number, signal: AbortSignal): Promise<IndexedAnswer> {
    const { what, isAbsentOk = false, permission } = this.#query;
    const answer = await this.#client.ask(callOf(this.#query, index, failures), signal);
    if (!(isAbsentOk && answer.status === 404)) requireOk(what, answer, permission);
    if (isIndexed(answer)) return answer;
    throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer bears no X-Consul-Index`);
  }

  #rateAfter(costMs: number): void {
    const restMs = this.#query.restMs?.() ?? 0;
    const crowdRestMs = this.#query.crowdRestMs?.() ?? 0;
    const bucket = crowdRestMs > 0 ? emptied(this.#bucket, this.#client.clock.now()) : this.#bucket;
    this.#bucket = afterCost(bucket, costMs, Math.max(restMs, crowdRestMs));
  }

  /**
   * Resolves to the index from which to go on. A return does not mean a change. The digest of a large answer costs a tenth of its
   * parsing.
   */
  async #tell(answer: IndexedAnswer, signal: AbortSignal): Promise<number> {
    const digest = this.#digestOf(answer);
    if (digest !== undefined && digest === this.#digest) return answer.index;
    const value = await this.#query.parse(answer, signal);
    if (this.#query.isDoubtful?.(value) === true) return this.#tellBelieved(answer, signal);
    return this.#deliver(value, answer.index, digest, signal);
  }

  /** The permission may have come back between the doubted answer and the sight of nodes: what is told was asked for after both. */
  async #tellBelieved(doubted: Answer, signal: AbortSignal): Promise<number> {
    await requireSight(this.#client, this.#query.what, doubted, signal);
    const answer = await this.#answer(0, 0, signal);
    return this.#deliver(await this.#query.parse(answer, signal), answer.index, this.#digestOf(answer), signal);
  }

  #digestOf(answer: Answer): string | undefined {
    return this.#query.isEachTold === true || 'reader' in this.#query ? undefined : digestOf(answer);
  }

  #deliver(value: T, index: number, digest: string | undefined, signal: AbortSignal): number {
    if (signal.aborted) return 0;
    this.#observer.onAnswer(value, index);
    this.#digest = digest;
    return index;
  }
}

/** A short body stands for itself. */
const digestOf = ({ status, body }: Answer): string =>
  `${status} ${body.length <= SHORT_BYTES ? body.toString('latin1') : createHash('sha1').update(body).digest('base64')}`;

const callOf = <T>(question: BlockingQuery<T>, index: number, failures: number): Call => {
  const { path, query = [], hold: { waitS, wayMs } = LONG_HOLD } = question;
  return {
    method: 'GET',
    path,
    query: index === 0 ? query : [...query, ['index', String(index)], ['wait', `${waitS}s`]],
    maxBytes: MAX_BYTES,
    timeoutMs:
      index === 0
        ? Math.min(LONGEST_FIRST_TIMEOUT_MS, FIRST_TIMEOUT_MS * 2 ** failures)
        : waitS * 1000 * (17 / 16) + wayMs,
    reader: question.reader && ((head) => question.reader?.(head)),
  };
};

const asEsmError = (what: string, error: unknown): EsmError =>
  error instanceof EsmError ? error : new EsmError('ESM_UNEXPECTED', what, { cause: error });
