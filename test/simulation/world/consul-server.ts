/** The one Consul of the virtual world: the embedded core, its moods, and who is told of what is asked of it. */
import { createEmbeddedConsul, type EmbeddedConsul } from '../../../src/dev/embedded/embedded.ts';
import type { EmbeddedReply, EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import type { Dice } from './dice.ts';
import { Process } from './process.ts';
import type { Timeline } from './timeline.ts';
import { changesLists, LISTS } from './transaction.ts';

/** A request that somebody made. */
export interface Exchange {
  /** The name of the daemon. */
  readonly from: string;
  readonly request: EmbeddedRequest;
  /** What the daemon learned after this could not recall the request. */
  readonly sentAtMs: number;
  /** From this on it has taken effect, or has not. */
  readonly reply: EmbeddedReply;
}

/** Told of each request of a daemon that may change something. */
export interface Witness {
  beforeWrite?(from: string, request: EmbeddedRequest): void;
  afterWrite?(exchange: Exchange): void;
}

/** `leaderless`: agents answer, servers cannot; `busy`: nothing is answered but 429; `forbidding`: the token is revoked. */
export type Mood = 'well' | 'leaderless' | 'busy' | 'forbidding';

/** How far the first Consul has come before anybody asks it, and how far at most one that lost its state: it counts from the start. */
const MOST_EARLY_WRITES = 1_000;

const refusal = (status: number, text: string): EmbeddedReply => ({
  status,
  headers: {},
  body: { type: 'text', text },
});

export class ConsulServer {
  readonly #timeline: Timeline;
  readonly #dice: Dice;
  readonly #witnesses: Witness[] = [];
  readonly #onLists: (() => void)[] = [];
  #process: Process;
  #core: EmbeddedConsul;
  #outages = 0;
  #catalogEdits = 0;
  mood: Mood = 'well';

  constructor(timeline: Timeline, dice: Dice) {
    this.#timeline = timeline;
    this.#dice = dice;
    this.#process = new Process(timeline, 0);
    this.#core = this.#start();
    this.#writeOfItsOwn(MOST_EARLY_WRITES);
  }

  /** How often the catalog's external nodes may have changed. */
  get catalogEdits(): number {
    return this.#catalogEdits;
  }

  get isUp(): boolean {
    return this.#outages === 0;
  }

  /** It does not run for now, for one reason more. */
  goDown(): void {
    this.#outages += 1;
  }

  /** One reason less. */
  comeUp(): void {
    this.#outages -= 1;
  }

  observe(witness: Witness): void {
    this.#witnesses.push(witness);
  }

  /** Called whenever a list in KV may have changed, by whom ever. */
  observeLists(observer: () => void): void {
    this.#onLists.push(observer);
  }

  /** What a daemon asks. `answer` is called at once, or when what it waits for has happened; the function ends the wait. */
  ask(from: string, sentAtMs: number, request: EmbeddedRequest, answer: (reply: EmbeddedReply) => void): () => void {
    const refused = this.#refusal(request);
    if (refused !== undefined) {
      answer(refused);
      return () => undefined;
    }
    if (request.method === 'GET') return this.#core.ask(request, answer);
    for (const witness of this.#witnesses) witness.beforeWrite?.(from, request);
    if (!request.path.startsWith('/v1/agent/') && !request.path.startsWith('/v1/session/')) this.#catalogEdits += 1;
    const reply = this.#answerTo(request);
    if (changesLists(request)) this.#tellLists();
    for (const witness of this.#witnesses) witness.afterWrite?.({ from, request, sentAtMs, reply });
    answer(reply);
    return () => undefined;
  }

  /** What stands there now, as its JSON has it; undefined: nothing. */
  read(path: string, ...query: readonly (readonly [string, string])[]): unknown {
    const { status, body } = this.#answerTo({ method: 'GET', path: `/v1${path}`, query });
    return status === 200 && body.type === 'json' ? body.value : undefined;
  }

  /** Somebody's edit, by a way of his own. Throws when it was not taken. */
  write(path: string, body: object | string, method = 'PUT'): void {
    this.#catalogEdits += 1;
    const reply = this.#answerTo({ method, path: `/v1${path}`, body });
    if (path.startsWith(`/kv/${LISTS}`)) this.#tellLists();
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(reply)}`);
  }

  /** When it comes up again it knows nothing. */
  forgetAll(): void {
    this.#catalogEdits += 1;
    this.#core.stop();
    this.#process.kill();
    this.#process = new Process(this.#timeline, 0);
    this.#core = this.#start();
    this.#writeOfItsOwn(this.#dice.between(0, MOST_EARLY_WRITES));
    this.#tellLists();
  }

  /** What a real one notes before it serves: without, so small a world would give the same things the same indexes in each life. */
  #writeOfItsOwn(writes: number): void {
    for (let left = writes; left > 0; left -= 1)
      this.#answerTo({ method: 'PUT', path: '/v1/kv/raft', body: String(left) });
  }

  get timers(): number {
    return this.#process.timers;
  }

  #tellLists(): void {
    for (const observer of this.#onLists) observer();
  }

  /** Of what is answered at once: everything but a blocking query. */
  #answerTo(request: EmbeddedRequest): EmbeddedReply {
    let answer: EmbeddedReply | undefined;
    this.#core.ask(request, (reply) => {
      answer = reply;
    });
    if (answer === undefined) throw new Error(`${request.method} ${request.path} is not answered at once`);
    return answer;
  }

  #start(): EmbeddedConsul {
    const dice = this.#dice;
    return createEmbeddedConsul({ clock: this.#process.clock, random: dice.random, newId: () => dice.newId() });
  }

  #refusal({ path }: EmbeddedRequest): EmbeddedReply | undefined {
    if (this.mood === 'well') return undefined;
    if (this.mood === 'busy') return refusal(429, 'Your IP is issuing too many concurrent connections');
    if (this.mood === 'forbidding') return refusal(403, 'ACL not found');
    if (path === '/v1/status/leader') return { status: 200, headers: {}, body: { type: 'json', value: '' } };
    return path.startsWith('/v1/agent/') ? undefined : refusal(500, 'No cluster leader');
  }
}
