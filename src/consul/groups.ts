/** Writes as the operations they come to, and whose fault it is when a transaction of them fails. */
import type { CheckRecord, Rejection, Write } from '../../machines/model.ts';
import { isFailedIndexFence, isMissing, isPermissionDenied, isStale } from './errors.ts';
import { type Ownership, ownsAllOf } from './ownership.ts';
import { type Basis, type Footing, plan } from './plan.ts';
import type { OperationError, TransactionOperation } from './transaction.ts';

/** What the operations of a write rest on, each in its place. */
export type Footings = readonly (Footing | undefined)[];

/** A write that has no outcome yet. */
export interface Open {
  readonly write: Write;
  /** What the last try rested on, once that turned out stale; a removal's from the start. */
  stale: Footings;
  /** What the plan under way rests on: the mirror may have moved on when its answer comes. */
  rested: Footings;
}

/** All operations of one write: they take effect together. */
export interface Group {
  readonly open: Open;
  readonly operations: readonly TransactionOperation[];
  /** The checks among them, as Consul should hold them afterwards. */
  readonly checks: readonly CheckRecord[];
}

/** What became of a write without or after its sending. */
export type Verdict = { readonly type: 'committed' } | { readonly type: 'rejected'; readonly rejection: Rejection };

export type Grouped = Verdict | { readonly type: 'group'; readonly group: Group };

/** Plans a write. One of nodes that are not the own ones is rejected, and so is a removal without a fence to stand on. */
export function groupOf(open: Open, basis: Basis, ownership: Ownership): Grouped {
  const { write, stale } = open;
  const operations: TransactionOperation[] = [];
  const checks: CheckRecord[] = [];
  for (const [place, operation] of write.operations.entries()) {
    const step = plan(operation, basis, stale[place]);
    if (step.type === 'rejected') return step;
    if (step.type === 'satisfied') continue;
    operations.push(...step.operations);
    if (step.check !== undefined) checks.push(step.check);
  }
  if (operations.length === 0) return { type: 'committed' };
  const isGroundless = write.isFenced && !ownership.isListed;
  if (isGroundless || !ownsAllOf(ownership, write)) return { type: 'rejected', rejection: { reason: 'fenced' } };
  return { type: 'group', group: { open, operations, checks } };
}

/** A failed transaction taken apart. */
export interface Blame {
  /** The list changed: whose the nodes are must be read again. */
  readonly isFenceDown: boolean;
  readonly guilty: readonly { readonly group: Group; readonly texts: readonly string[] }[];
  readonly innocent: readonly Group[];
}

/** Sorts groups by what Consul says of their operations, of which the first `fences` are fences. */
export function blame(groups: readonly Group[], fences: number, errors: readonly OperationError[]): Blame {
  let first = fences;
  const judged = groups.map((group) => {
    const [from, to] = [first, first + group.operations.length];
    first = to;
    const own = errors.filter(({ operation }) => operation >= from && operation < to);
    return { group, texts: own.map(({ text }) => text) };
  });
  return {
    isFenceDown: errors.some(({ operation, text }) => operation < fences && isFailedIndexFence(text)),
    guilty: judged.filter(({ texts }) => texts.length > 0),
    innocent: judged.filter(({ texts }) => texts.length === 0).map(({ group }) => group),
  };
}

/** Why a write must wait: the token lacks a permission that it may be given. */
export interface Forbidden {
  readonly reason: 'forbidden';
  readonly detail: string;
}

/** What Consul's words on a group's operations mean for it; `stale`: read again, and try again. */
export function judge(texts: readonly string[]): Rejection | Forbidden | 'stale' {
  if (texts.every((text) => isStale(text) || isFailedIndexFence(text))) return 'stale';
  if (texts.some(isMissing)) return { reason: 'gone' };
  const reason = texts.some(isPermissionDenied) ? 'forbidden' : 'refused';
  return { reason, detail: `writing to the catalog: ${[...new Set(texts)].join('; ')}` };
}
