/** Keeps the catalog as the agent has it: changes at once, and everything once in a while. */
import { isDeepStrictEqual } from 'node:util';
import type { Random, TimerId } from '../../clock.ts';
import type { AgentCheck } from './agent-check.ts';
import { checkOf, deleteCheck, setCheck } from './checks.ts';
import type { Said, ServiceRecord } from './records.ts';
import { nodeOf, unindexed } from './nodes.ts';
import { deleteService, setService } from './services.ts';
import { type State, under } from './state.ts';

/** Everything is compared this often, and up to twice as seldom. */
const FULL_SYNC_MS = 60_000;

/** A change of output alone is told half to one and a half times so late. */
const OUTPUT_MS = 300_000;

interface Own {
  readonly node: string;
  readonly services: ReadonlyMap<string, Said<ServiceRecord>>;
  readonly checks: ReadonlyMap<string, AgentCheck>;
  /** Puts the agent's own node into the catalog, within a write. */
  register(): void;
}

export class AntiEntropy {
  readonly #state: State;
  readonly #random: Random;
  readonly #own: Own;
  readonly #late = new Map<string, TimerId>();
  #timer: TimerId;

  constructor(state: State, random: Random, own: Own) {
    this.#state = state;
    this.#random = random;
    this.#own = own;
    this.#fullSyncLater();
  }

  /** The service with all its checks. */
  pushService(id: string): void {
    this.#state.write(() => {
      this.#ensureNode();
      const service = this.#own.services.get(id);
      if (service !== undefined) setService(this.#state, this.#own.node, service);
      for (const check of this.#own.checks.values()) if (check.serviceId === id) setCheck(this.#state, check.record);
    });
  }

  pushCheck(id: string): void {
    const check = this.#own.checks.get(id);
    this.#settle(id);
    if (check === undefined) return;
    this.#state.write(() => {
      this.#ensureNode();
      const service = this.#own.services.get(check.serviceId);
      if (service !== undefined) setService(this.#state, this.#own.node, service);
      setCheck(this.#state, check.record);
    });
  }

  pullService(id: string): void {
    this.#state.write(() => {
      deleteService(this.#state, this.#own.node, id);
    });
  }

  pullCheck(id: string): void {
    this.#settle(id);
    this.#state.write(() => {
      deleteCheck(this.#state, this.#own.node, id);
    });
  }

  changed({ id }: AgentCheck, kind: 'status' | 'output'): void {
    if (kind === 'status') this.pushCheck(id);
    else if (!this.#late.has(id)) this.#pushLater(id);
  }

  #pushLater(id: string): void {
    const delayMs = OUTPUT_MS * (0.5 + this.#random());
    this.#late.set(
      id,
      this.#state.clock.setTimeout(() => {
        this.pushCheck(id);
      }, delayMs),
    );
  }

  stop(): void {
    this.#state.clock.clearTimeout(this.#timer);
    for (const timer of this.#late.values()) this.#state.clock.clearTimeout(timer);
  }

  #settle(id: string): void {
    this.#state.clock.clearTimeout(this.#late.get(id));
    this.#late.delete(id);
  }

  #fullSyncLater(): void {
    this.#timer = this.#state.clock.setTimeout(
      () => {
        this.#state.write(() => {
          this.#fullSync();
        });
        this.#fullSyncLater();
      },
      FULL_SYNC_MS * (1 + this.#random()),
    );
  }

  #fullSync(): void {
    const { node, services, checks } = this.#own;
    this.#ensureNode();
    for (const { service } of this.#state.services.below(under(node)))
      if (service.ID !== 'consul' && !services.has(service.ID)) deleteService(this.#state, node, service.ID);
    for (const { CheckID } of this.#state.checks.below(under(node)))
      if (CheckID !== 'serfHealth' && !checks.has(CheckID)) deleteCheck(this.#state, node, CheckID);
    for (const service of services.values()) setService(this.#state, node, service);
    for (const check of checks.values()) if (!this.#late.has(check.id)) this.#restore(check);
  }

  /** The same again would wake who follows checks. */
  #restore({ id, record }: AgentCheck): void {
    const stored = checkOf(this.#state, this.#own.node, id);
    if (stored === undefined || !isDeepStrictEqual(unindexed(stored), record)) setCheck(this.#state, record);
  }

  /** Somebody may have taken it out. */
  #ensureNode(): void {
    if (nodeOf(this.#state, this.#own.node) === undefined) this.#own.register();
  }
}
