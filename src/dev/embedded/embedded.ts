/**
 * A Consul in memory: the part of the HTTP API of 1.8.7 that the daemon uses, as a plain object that is called. Time comes from
 * the clock port alone, so that a virtual clock can run it; `serve.ts` puts it behind HTTP.
 *
 * It is one server that is its own agent, always led, without ACLs, in one datacenter, and forgets all when it ends. What it
 * does is what the contract suite (test/integration/consul-contract) has seen a real Consul do. It differs where nobody
 * looks: the agent runs TTL checks only and tells less of itself, `filter` knows text alone, a question for what is not there
 * is woken by that and never by a neighbour, and the traces of deleted keys are kept for ever.
 */
import type { Clock, Random } from '../../clock.ts';
import { Agent } from './agent.ts';
import { Coordinates } from './coordinates.ts';
import { type Cancel, HeldQueries, patienceOf } from './held.ts';
import { Outbox } from './outbox.ts';
import { registerServer, type ServerOptions } from './own-node.ts';
import { readRefusal, replyOf } from './reading.ts';
import { type EmbeddedReply, type EmbeddedRequest, parameter, Refusal, refused } from './request.ts';
import { endpointOf, type Parts, type Read } from './routes.ts';
import { SessionTimers } from './session-timers.ts';
import { State } from './state.ts';

export interface EmbeddedOptions extends Partial<Omit<ServerOptions, 'nodeId'>> {
  readonly clock: Clock;
  /** Makes queries end, and the agent compare itself with the catalog, at slightly different times. */
  readonly random: Random;
  /** Makes UUIDs, for sessions and the node. */
  readonly newId: () => string;
}

export interface EmbeddedConsul {
  /**
   * Asks. `answer` is called once: before this returns, or, for a blocking query, when its index moves or its wait runs out.
   * Never called after the question was cancelled, nor after `stop`.
   */
  ask(request: EmbeddedRequest, answer: (reply: EmbeddedReply) => void): Cancel;
  /** Ends all timers and forgets all questions that are held. */
  stop(): void;
}

const OPTIONS: EmbeddedReply = { status: 200, headers: {}, body: { type: 'empty' } };
const NOT_FOUND: EmbeddedReply = { status: 404, headers: {}, body: { type: 'empty' } };

function isEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

const NOTHING = (): void => undefined;

/** Starts a server that is ready: it has a leader, and stands in its own catalog. */
export function createEmbeddedConsul({ clock, random, newId, ...options }: EmbeddedOptions): EmbeddedConsul {
  const defaults = { nodeName: 'agent', datacenter: 'dc1', version: '1.8.7', serverPort: 8300 };
  const server: ServerOptions = { ...defaults, ...options, nodeId: newId() };
  const state = new State(clock);
  registerServer(state, server);
  const parts: Parts = {
    state,
    server,
    newId,
    agent: new Agent(state, server, random),
    coordinates: new Coordinates(state),
    sessionTimers: new SessionTimers(state),
  };
  return new Core(parts, new HeldQueries(state, random));
}

class Core implements EmbeddedConsul {
  readonly #parts: Parts;
  readonly #held: HeldQueries;
  readonly #outbox = new Outbox();
  #isStopped = false;

  constructor(parts: Parts, held: HeldQueries) {
    this.#parts = parts;
    this.#held = held;
  }

  ask(request: EmbeddedRequest, answer: (reply: EmbeddedReply) => void): Cancel {
    let isOpen = true;
    let cancel: Cancel = NOTHING;
    const reply = (told: EmbeddedReply): void => {
      this.#outbox.post(() => {
        if (!isOpen || this.#isStopped) return;
        isOpen = false;
        answer(told);
      });
    };
    this.#outbox.during(() => {
      try {
        cancel = this.#perform(request, reply);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        reply(refused(error));
      }
    });
    return () => {
      isOpen = false;
      cancel();
    };
  }

  stop(): void {
    this.#isStopped = true;
    this.#held.stop();
    this.#parts.agent.stop();
    this.#parts.coordinates.stop();
    this.#parts.sessionTimers.stop();
  }

  #perform(request: EmbeddedRequest, reply: (told: EmbeddedReply) => void): Cancel {
    if (!isEncoded(request.path)) throw new Refusal(400, '400 Bad Request');
    const endpoint = endpointOf(request.path);
    const handler = endpoint?.[request.method];
    if (endpoint !== undefined && request.method === 'OPTIONS') reply(OPTIONS);
    else if (endpoint === undefined) reply(NOT_FOUND);
    else if (handler === undefined) throw new Refusal(405, `method ${request.method} not allowed`);
    else if ('act' in handler) reply(handler.act(this.#parts, request));
    else return this.#read(request, handler.read, reply);
    return NOTHING;
  }

  #read(request: EmbeddedRequest, read: Read, reply: (told: EmbeddedReply) => void): Cancel {
    const patience = patienceOf(request);
    if ((parameter(request, 'dc') ?? this.#parts.server.datacenter) !== this.#parts.server.datacenter)
      throw readRefusal('No path to datacenter');
    const ask = () => {
      try {
        return read(this.#parts.state, request);
      } catch (error) {
        throw error instanceof Refusal && error.status === 500 ? readRefusal(error.message) : error;
      }
    };
    return this.#held.ask(patience, ask, (reading) => {
      reply(replyOf(request, reading));
    });
  }
}
