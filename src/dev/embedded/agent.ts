/** The local agent: what it bears itself, its TTL checks, and its way into the catalog. */
import type { Random, TimerId } from '../../clock.ts';
import { AgentCheck } from './agent-check.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { registerOwnNode, type ServerOptions } from './own-node.ts';
import type { Said, ServiceRecord } from './records.ts';
import { Refusal } from './request.ts';
import type { SaidAgentCheck, SaidAgentService } from './agent-shapes.ts';
import type { State } from './state.ts';
import { agentServiceFrom, checkIdsOf } from './agent-said.ts';

/** How often the agent looks for checks that have been critical for too long. */
const REAP_MS = 30_000;

export class Agent {
  readonly node: string;
  readonly #state: State;
  readonly #sync: AntiEntropy;
  readonly #services = new Map<string, Said<ServiceRecord>>();
  readonly #checks = new Map<string, AgentCheck>();
  #reaper: TimerId;

  constructor(state: State, server: ServerOptions, random: Random) {
    this.node = server.nodeName;
    this.#state = state;
    this.#sync = new AntiEntropy(state, random, {
      node: server.nodeName,
      services: this.#services,
      checks: this.#checks,
      register() {
        registerOwnNode(state, server);
      },
    });
    this.#reapLater();
  }

  services(): readonly Said<ServiceRecord>[] {
    return [...this.#services.values()];
  }

  checks(): readonly AgentCheck[] {
    return [...this.#checks.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Registers or replaces. A check that is there already keeps its status and output. */
  addService(said: SaidAgentService): void {
    const service = agentServiceFrom(said);
    const checks = checkIdsOf(said, service.ID);
    this.#services.set(service.ID, service);
    for (const check of checks) this.#putCheck(check, service);
    this.#sync.pushService(service.ID);
  }

  addCheck(said: SaidAgentCheck): void {
    const service = said.ServiceID === '' ? undefined : this.#services.get(said.ServiceID);
    if (said.ServiceID !== '' && service === undefined)
      throw new Refusal(500, `ServiceID ${JSON.stringify(said.ServiceID)} does not exist`);
    const CheckID = said.CheckID || said.ID || said.Name;
    this.#putCheck({ ...said, CheckID }, service);
    this.#sync.pushCheck(CheckID);
  }

  /** One that is not there is removed already. */
  removeService(id: string): void {
    if (!this.#services.delete(id)) return;
    for (const check of this.checks()) if (check.serviceId === id) this.#forget(check);
    this.#sync.pullService(id);
  }

  removeCheck(id: string): void {
    const check = this.#checks.get(id);
    if (check === undefined) return;
    this.#forget(check);
    this.#sync.pullCheck(id);
  }

  /** A beat of a TTL check. Throws 500 for a check that has none. */
  beat(id: string, status: string, output: string): void {
    const check = this.#checks.get(id);
    if (check === undefined) throw new Refusal(500, `CheckID ${JSON.stringify(id)} does not have associated TTL`);
    check.beat(status, output);
  }

  stop(): void {
    this.#state.clock.clearTimeout(this.#reaper);
    this.#sync.stop();
    for (const check of this.#checks.values()) check.stop();
  }

  #putCheck(said: SaidAgentCheck, service: Said<ServiceRecord> | undefined): void {
    const before = this.#checks.get(said.CheckID);
    before?.stop();
    const check = new AgentCheck(this.#state.clock, { said, node: this.node, service, before }, (kind) => {
      this.#sync.changed(check, kind);
    });
    this.#checks.set(said.CheckID, check);
  }

  #forget(check: AgentCheck): void {
    check.stop();
    this.#checks.delete(check.id);
  }

  #reapLater(): void {
    this.#reaper = this.#state.clock.setTimeout(() => {
      for (const check of this.checks()) if (check.isOverdue()) this.removeService(check.serviceId);
      this.#reapLater();
    }, REAP_MS);
  }
}
