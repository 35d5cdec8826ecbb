/** One batch of writes on its way to Consul: planned, sent, and settled until every write has its outcome. */
import type {
  CheckId,
  CheckRecord,
  Rejection,
  Share,
  StaleIndexPolicy,
  Write,
  WriteOutcome,
} from '../../machines/model.ts';
import { EsmError } from '../errors.ts';
import { chunk } from './chunks.ts';
import { isFailedIndexFence, isMissing, isStale } from './errors.ts';
import { type KnowledgeDeps, lookUp, restedOn } from './knowledge.ts';
import { requireIndex } from './operations.ts';
import { type Basis, plan, type Step } from './plan.ts';
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

/** A write that has no outcome yet. */
interface Open {
  readonly write: Write;
  /** By place of the operation: what the last try rested on, once that turned out stale. */
  readonly stale: Map<number, Basis['stale']>;
}

/** A write as the operations it comes to. */
interface Group {
  readonly open: Open;
  readonly operations: readonly TransactionOperation[];
  readonly checks: readonly CheckRecord[];
}

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
    const all = writes.map((write) => ({ write, stale: new Map() }));
    let reason = 'the records keep changing';
    try {
      for (let round = 0, open: readonly Open[] = all; round < ROUNDS && open.length > 0; round++) {
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
    const inquiries = open.flatMap(({ write, stale }) =>
      write.operations.map((operation, place) => ({ operation, isStale: stale.has(place) })),
    );
    this.#services = await lookUp(this.#deps, inquiries, this.#signal);
    const groups = open.flatMap((write) => this.#group(write));
    const { protection } = this.#deps;
    const careful = groups.filter(({ checks }) => checks.some((check) => protection.mustRegister(check)));
    for (const group of careful) await this.#sendCarefully(group);
    const [free, fenced] = [false, true].map((isFenced) =>
      groups.filter((group) => group.open.write.isFenced === isFenced && !careful.includes(group)),
    );
    for (const part of chunk(free ?? [])) await this.#send(part);
    for (const part of chunk(fenced ?? [], 1, FENCE_BYTES)) await this.#send(part);
  }

  /** None when the write has its outcome without being sent. */
  #group(open: Open): readonly Group[] {
    const { write, stale } = open;
    const { records, keys } = this.#deps;
    const steps = write.operations.map((operation, place) =>
      plan(operation, { records, keys, services: this.#services, stale: stale.get(place) }),
    );
    const rejection = steps.find((step) => step.type === 'rejected')?.rejection;
    const sent = steps.filter((step): step is Extract<Step, { type: 'send' }> => step.type === 'send');
    if (rejection !== undefined) this.#reject(write, rejection);
    else if (sent.length === 0) this.#accept(write);
    else if (write.isFenced && !this.#isOwned(write)) this.#reject(write, { reason: 'fenced' });
    else {
      const operations = sent.flatMap((step) => step.operations);
      return [{ open, operations, checks: sent.flatMap(({ check }) => check ?? []) }];
    }
    return [];
  }

  #isOwned({ operations }: Write): boolean {
    const share = this.#deps.share();
    if (share === undefined) return false;
    const owned = [...share.nodes, ...share.probes];
    return operations.every((operation) => owned.includes('id' in operation ? operation.id.node : operation.node));
  }

  async #sendCarefully({ open, operations, checks }: Group): Promise<void> {
    for (const check of checks) {
      const rejection = await this.#deps.protection.write(check, this.#signal);
      if (rejection !== undefined) {
        this.#reject(open.write, rejection);
        return;
      }
    }
    const rest = operations.filter((operation) => !('Check' in operation));
    if (rest.length === 0) this.#accept(open.write);
    else await this.#send([{ open, operations: rest, checks: [] }]);
  }

  async #send(groups: readonly Group[]): Promise<void> {
    if (groups.length === 0) return;
    const fence = this.#fenceOf(groups);
    const operations = [...fence, ...groups.flatMap((group) => group.operations)];
    const answer = await sendTransaction(this.#deps.client, operations, this.#signal).catch((error: unknown) => {
      if (error instanceof EsmError && error.code === 'ESM_CONSUL_REFUSED') return error;
      throw error;
    });
    if (answer instanceof EsmError) await this.#isolate(groups, answer);
    else if (answer.type === 'done') await this.#learn(groups, answer.results);
    else await this.#untangle(groups, fence.length, answer.errors);
  }

  /** The request itself was refused: too large for this server, or one write of it is poison. */
  async #isolate(groups: readonly Group[], error: EsmError): Promise<void> {
    if (groups.length > 1) for (const group of groups) await this.#send([group]);
    else for (const { open } of groups) this.#reject(open.write, { reason: 'refused', detail: error.message });
  }

  #fenceOf([first]: readonly Group[]): readonly TransactionOperation[] {
    const share = this.#deps.share();
    if (first?.open.write.isFenced !== true || share === undefined) return [];
    return [requireIndex(this.#deps.keys.agent(this.#deps.serviceId), share.modifyIndex)];
  }

  async #learn(groups: readonly Group[], results: readonly TransactionResult[]): Promise<void> {
    for (const { kv } of results) if (kv !== undefined) this.#deps.records.learnKv(kv.key, kv.modifyIndex);
    const checks = groups.flatMap((group) => group.checks);
    await this.#deps.protection.compare(checks, results, this.#signal);
    for (const { open } of groups) this.#accept(open.write);
  }

  /** All was rolled back for the sake of some: those are judged, and the innocent rest is sent again. */
  async #untangle(groups: readonly Group[], offset: number, errors: readonly OperationError[]): Promise<void> {
    if (offset > 0 && errors.some(({ operation, text }) => operation < offset && isFailedIndexFence(text))) {
      for (const { open } of groups) this.#reject(open.write, { reason: 'fenced' });
      return;
    }
    let first = offset;
    const innocent: Group[] = [];
    for (const group of groups) {
      const [from, to] = [first, first + group.operations.length];
      first = to;
      const texts = errors.flatMap(({ operation, text }) => (operation >= from && operation < to ? [text] : []));
      if (texts.length === 0) innocent.push(group);
      else this.#judge(group.open, texts);
    }
    if (innocent.length === groups.length) {
      throw new EsmError('ESM_CONSUL_UNAVAILABLE', `rolled back: ${errors[0]?.text ?? 'without a reason'}`);
    }
    await this.#send(innocent);
  }

  #judge({ write, stale }: Open, texts: readonly string[]): void {
    if (texts.every(isStale)) {
      if (this.#policy === 'drop') this.#reject(write, { reason: 'gone' });
      for (const [place, operation] of write.operations.entries()) {
        stale.set(place, restedOn(operation, this.#deps.records, this.#services));
      }
    } else if (texts.some(isMissing)) this.#reject(write, { reason: 'gone' });
    else this.#reject(write, { reason: 'refused', detail: texts.join('; ') });
  }

  #accept({ id, operations }: Write): void {
    this.#outcomes.set(id, { id, type: 'committed' });
    for (const operation of operations) this.#forget(operation);
  }

  #reject({ id }: Write, rejection: Rejection): void {
    this.#outcomes.set(id, { id, type: 'rejected', rejection });
  }

  /** What was removed is not in the echo. */
  #forget(operation: Write['operations'][number]): void {
    const { records, keys } = this.#deps;
    const forgetClock = (id: CheckId): void => {
      records.forgetKv(keys.criticalCheck(id));
    };
    if (operation.type === 'criticalSince.clear' || operation.type === 'service.remove') forgetClock(operation.id);
    if (operation.type === 'failingSince.clear' || operation.type === 'node.remove')
      records.forgetKv(keys.probe(operation.node));
    if (operation.type === 'node.remove') records.forgetNode(operation.node);
  }
}
