/** One batch of writes on its way to Consul: planned, sent, and settled until every write has its outcome. */
import type { Rejection, StaleIndexPolicy, Write, WriteOutcome } from '../../machines/model.ts';
import { EsmError } from '../errors.ts';
import { chunk } from './chunks.ts';
import { isPermissionDenied } from './errors.ts';
import { blame, type Forbidden, type Group, judge, type Open } from './groups.ts';
import { forgetRemoved, type KnowledgeDeps } from './knowledge.ts';
import { lastOwnership, type Ownership, type OwnershipDeps, readOwnership, stands } from './ownership.ts';
import { markStale, openFor, planAll } from './planning.ts';
import type { Protection } from './protection.ts';
import { type OperationError, sendTransaction, type TransactionResult } from './transaction.ts';

export interface CommitDeps extends KnowledgeDeps, OwnershipDeps {
  readonly protection: Protection;
}

/** Every round reads what was stale in the one before: more than a few mean that somebody writes all the time. */
const ROUNDS = 5;

export class Commit {
  readonly #deps: CommitDeps;
  readonly #policy: StaleIndexPolicy;
  readonly #signal: AbortSignal;
  readonly #isTakenBack: (write: Write) => boolean;
  readonly #outcomes = new Map<string, WriteOutcome>();
  /** Undefined: its fence has failed, and it must be read again. */
  #ownership: Ownership | undefined;

  constructor(
    deps: CommitDeps,
    policy: StaleIndexPolicy,
    signal: AbortSignal,
    isTakenBack: (write: Write) => boolean = () => false,
  ) {
    this.#deps = deps;
    this.#policy = policy;
    this.#signal = signal;
    this.#isTakenBack = isTakenBack;
    this.#ownership = lastOwnership(deps);
  }

  async run(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    let open: readonly Open[] = writes.map((write) => openFor(this.#deps, write));
    let type: 'owed' | 'forbidden' = 'owed';
    let reason = 'the records or the own list keep changing';
    try {
      await this.#deps.protection.heal(this.#signal);
      for (let round = 0; round < ROUNDS && open.length > 0; round++) {
        await this.#round(open);
        open = open.filter(({ write }) => !this.#outcomes.has(write.id));
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof EsmError)) throw error;
      if (error.code === 'ESM_CONSUL_FORBIDDEN') type = 'forbidden';
      reason = error.message;
    }
    return writes.map(({ id }) => this.#outcomes.get(id) ?? { id, type, reason });
  }

  async #round(open: readonly Open[]): Promise<void> {
    this.#ownership ??= await readOwnership(this.#deps, this.#signal);
    const groups = await this.#plan(open, this.#ownership);
    const { protection } = this.#deps;
    await protection.explore(
      groups.flatMap(({ checks }) => checks),
      this.#signal,
    );
    const plain: Group[] = [];
    for (const group of groups) {
      if (group.checks.some((check) => protection.mustRegister(check))) await this.#sendCarefully(group);
      else plain.push(group);
    }
    const sending = chunk(plain).map((part) => this.#send(part));
    await Promise.allSettled(sending); // a write is not owed as long as it may be on its way
    await Promise.all(sending);
    await protection.heal(this.#signal);
  }

  async #plan(open: readonly Open[], ownership: Ownership): Promise<readonly Group[]> {
    const planned = await planAll(this.#deps, open, ownership, this.#signal);
    for (const { open, rejection } of planned.decided) {
      if (rejection === undefined) this.#accept(open);
      else this.#reject(open, rejection);
    }
    return planned.groups;
  }

  /** What a transaction would damage goes another way, and the rest of its group after it. */
  async #sendCarefully(group: Group): Promise<void> {
    const { open, operations, checks } = group;
    const ownership = this.#ownership;
    if (ownership === undefined || !(await stands(this.#deps.client, ownership, this.#signal))) {
      this.#lowerFence([group]);
      return;
    }
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

  async #send(all: readonly Group[]): Promise<void> {
    const groups = all.filter((group) => !this.#isLetGo(group));
    if (groups.length === 0) return;
    if (this.#ownership === undefined) {
      this.#lowerFence(groups);
      return;
    }
    const { fences } = this.#ownership;
    const operations = [...fences, ...groups.flatMap((group) => group.operations)];
    const answer = await sendTransaction(this.#deps.client, operations, this.#signal).catch((error: unknown) => {
      if (error instanceof EsmError && error.code === 'ESM_CONSUL_REFUSED') return error;
      throw error;
    });
    if (answer instanceof EsmError) await this.#isolate(groups, answer);
    else if (answer.type === 'done') this.#learn(groups, answer.results);
    else await this.#untangle(groups, fences.length, answer.errors);
  }

  /** What a removal rests on is read first, by a slow Consul for seconds: a node that answered meanwhile was removed all the same. */
  #isLetGo({ open }: Group): boolean {
    const isLetGo = open.write.isFenced && this.#isTakenBack(open.write);
    if (isLetGo) this.#reject(open, { reason: 'fenced' });
    return isLetGo;
  }

  /**
   * The request itself was refused: too large for this server, or one write of it is poison. A check with a megabyte of headers
   * is too large for a transaction, and may be registered all the same.
   */
  async #isolate(groups: readonly Group[], error: EsmError): Promise<void> {
    for (const group of groups) {
      if (groups.length > 1) await this.#send([group]);
      else if (group.checks.length > 0) await this.#sendCarefully(group);
      else this.#reject(group.open, { reason: 'refused', detail: error.message });
    }
  }

  /** The list is not the one last read: removals rested on that, reports are judged by the new one in the next round. */
  #lowerFence(groups: readonly Group[]): void {
    this.#ownership = undefined;
    for (const { open } of groups) if (open.write.isFenced) this.#reject(open, { reason: 'fenced' });
  }

  #learn(groups: readonly Group[], results: readonly TransactionResult[]): void {
    const { records, protection } = this.#deps;
    for (const { kv } of results) if (kv !== undefined) records.learnKv(kv.key, kv.modifyIndex);
    for (const { open } of groups) this.#accept(open);
    protection.compare(
      groups.flatMap(({ checks }) => checks),
      results,
    );
  }

  /** All was rolled back for the sake of some: those are judged, and the innocent rest is sent again. */
  async #untangle(groups: readonly Group[], fences: number, errors: readonly OperationError[]): Promise<void> {
    const { isFenceDown, guilty, innocent } = blame(groups, fences, errors);
    if (isFenceDown) {
      this.#lowerFence(groups);
      return;
    }
    if (guilty.length === 0) {
      const text = errors[0]?.text ?? 'without a reason';
      throw new EsmError(
        isPermissionDenied(text) ? 'ESM_CONSUL_FORBIDDEN' : 'ESM_CONSUL_UNAVAILABLE',
        `rolled back: ${text}`,
      );
    }
    for (const { group, texts } of guilty) this.#settle(group.open, judge(texts));
    await this.#send(innocent);
  }

  #settle(open: Open, verdict: Rejection | Forbidden | 'stale'): void {
    if (verdict !== 'stale') this.#reject(open, verdict);
    else if (this.#policy === 'drop') this.#reject(open, { reason: 'gone' });
    else markStale(open);
  }

  #accept({ write: { id, operations } }: Open): void {
    this.#outcomes.set(id, { id, type: 'committed' });
    for (const operation of operations) forgetRemoved(this.#deps, operation);
  }

  #reject({ write: { id } }: Open, rejection: Rejection | Forbidden): void {
    const outcome: WriteOutcome =
      rejection.reason === 'forbidden'
        ? { id, type: 'forbidden', reason: rejection.detail }
        : { id, type: 'rejected', rejection };
    this.#outcomes.set(id, outcome);
  }
}
