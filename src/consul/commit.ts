/** One batch of writes on its way to Consul: planned, sent, and settled until every write has its outcome. */
import type { Rejection, Share, StaleIndexPolicy, Write, WriteOutcome } from '../../machines/model.ts';
import { EsmError } from '../errors.ts';
import { chunk } from './chunks.ts';
import { blame, type Group, judge, type Open } from './groups.ts';
import { forgetRemoved, type KnowledgeDeps } from './knowledge.ts';
import { requireIndex } from './operations.ts';
import type { Basis } from './plan.ts';
import { markStale, planAll } from './planning.ts';
import type { Protection } from './protection.ts';
import {
  type OperationError,
  sendTransaction,
  type TransactionOperation,
  type TransactionResult,
} from './transaction.ts';

export interface CommitDeps extends KnowledgeDeps {
  /** Whose list fences removals. */
  readonly serviceId: string;
  /** The own list as last read; undefined: not known, so that nothing may be removed. */
  readonly share: () => Share | undefined;
  readonly protection: Protection;
}

/** Every round reads what was stale in the one before: more than a few mean that somebody writes all the time. */
const ROUNDS = 5;

/** Room for the fence and the brackets. */
const FENCE_BYTES = 2_048;

export class Commit {
  readonly #deps: CommitDeps;
  readonly #policy: StaleIndexPolicy;
  readonly #signal: AbortSignal;
  readonly #outcomes = new Map<string, WriteOutcome>();
  #services: Basis['services'] = new Map();

  constructor(deps: CommitDeps, policy: StaleIndexPolicy, signal: AbortSignal) {
    this.#deps = deps;
    this.#policy = policy;
    this.#signal = signal;
  }

  async run(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    let open: readonly Open[] = writes.map((write) => ({ write, stale: new Map() }));
    let reason = 'the records keep changing';
    try {
      await this.#deps.protection.heal(this.#signal);
      for (let round = 0; round < ROUNDS && open.length > 0; round++) {
        await this.#round(open);
        open = open.filter(({ write }) => !this.#outcomes.has(write.id));
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof EsmError)) throw error;
      reason = error.message;
    }
    return writes.map(({ id }) => this.#outcomes.get(id) ?? { id, type: 'owed', reason });
  }

  async #round(open: readonly Open[]): Promise<void> {
    const groups = await this.#plan(open);
    const { protection } = this.#deps;
    await protection.explore(
      groups.flatMap(({ checks }) => checks),
      this.#signal,
    );
    const isCareful = ({ checks }: Group): boolean => checks.some((check) => protection.mustRegister(check));
    for (const group of groups.filter(isCareful)) await this.#sendCarefully(group);
    const plain = groups.filter((group) => !isCareful(group));
    const isFenced = ({ open }: Group): boolean => open.write.isFenced;
    for (const part of chunk(plain.filter((group) => !isFenced(group)))) await this.#send(part);
    for (const part of chunk(plain.filter(isFenced), 1, FENCE_BYTES)) await this.#send(part);
  }

  async #plan(open: readonly Open[]): Promise<readonly Group[]> {
    const planned = await planAll(this.#deps, open, this.#deps.share(), this.#signal);
    this.#services = planned.services;
    for (const { open, rejection } of planned.decided) {
      if (rejection === undefined) this.#accept(open);
      else this.#reject(open, rejection);
    }
    return planned.groups;
  }

  /** What a transaction would damage goes another way, and the rest of its group after it. */
  async #sendCarefully({ open, operations, checks }: Group): Promise<void> {
    for (const check of checks) {
      const rejection = await this.#deps.protection.write(check, this.#signal);
      if (rejection !== undefined) {
        this.#reject(open, rejection);
        return;
      }
    }
    const rest = operations.filter((operation) => !('Check' in operation));
    if (rest.length === 0) this.#accept(open);
    else await this.#send([{ open, operations: rest, checks: [] }]);
  }

  async #send(groups: readonly Group[]): Promise<void> {
    if (groups.length === 0) return;
    const fences = this.#fencesOf(groups);
    const operations = [...fences, ...groups.flatMap((group) => group.operations)];
    const answer = await sendTransaction(this.#deps.client, operations, this.#signal).catch((error: unknown) => {
      if (error instanceof EsmError && error.code === 'ESM_CONSUL_REFUSED') return error;
      throw error;
    });
    if (answer instanceof EsmError) await this.#isolate(groups, answer);
    else if (answer.type === 'done') await this.#learn(groups, answer.results);
    else await this.#untangle(groups, fences.length, answer.errors);
  }

  /** The request itself was refused: too large for this server, or one write of it is poison. */
  async #isolate(groups: readonly Group[], error: EsmError): Promise<void> {
    if (groups.length > 1) for (const group of groups) await this.#send([group]);
    else for (const { open } of groups) this.#reject(open, { reason: 'refused', detail: error.message });
  }

  #fencesOf([first]: readonly Group[]): readonly TransactionOperation[] {
    const share = this.#deps.share();
    if (first?.open.write.isFenced !== true || share === undefined) return [];
    return [requireIndex(this.#deps.keys.agent(this.#deps.serviceId), share.modifyIndex)];
  }

  async #learn(groups: readonly Group[], results: readonly TransactionResult[]): Promise<void> {
    const { records, protection } = this.#deps;
    for (const { kv } of results) if (kv !== undefined) records.learnKv(kv.key, kv.modifyIndex);
    for (const { open } of groups) this.#accept(open);
    protection.compare(
      groups.flatMap(({ checks }) => checks),
      results,
    );
    await protection.heal(this.#signal);
  }

  /** All was rolled back for the sake of some: those are judged, and the innocent rest is sent again. */
  async #untangle(groups: readonly Group[], fences: number, errors: readonly OperationError[]): Promise<void> {
    const { isFenceDown, guilty, innocent } = blame(groups, fences, errors);
    if (isFenceDown) {
      for (const { open } of groups) this.#reject(open, { reason: 'fenced' });
      return;
    }
    if (guilty.length === 0) {
      throw new EsmError('ESM_CONSUL_UNAVAILABLE', `rolled back: ${errors[0]?.text ?? 'without a reason'}`);
    }
    for (const { group, texts } of guilty) this.#settle(group.open, judge(texts));
    await this.#send(innocent);
  }

  #settle(open: Open, verdict: Rejection | 'stale'): void {
    if (verdict !== 'stale') this.#reject(open, verdict);
    else if (this.#policy === 'drop') this.#reject(open, { reason: 'gone' });
    else markStale(this.#deps, open, this.#services);
  }

  #accept({ write: { id, operations } }: Open): void {
    this.#outcomes.set(id, { id, type: 'committed' });
    for (const operation of operations) forgetRemoved(this.#deps, operation);
  }

  #reject({ write: { id } }: Open, rejection: Rejection): void {
    this.#outcomes.set(id, { id, type: 'rejected', rejection });
  }
}
