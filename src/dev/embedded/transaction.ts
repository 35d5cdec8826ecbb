/** `/v1/txn`: all operations take effect, or none. */
import { performCatalog, requireCatalog } from './transaction-catalog.ts';
import { performKv, requireKv } from './transaction-kv.ts';
import { Refusal } from './request.ts';
import type { Operation } from './shapes.ts';
import type { State } from './state.ts';

const MAX_OPERATIONS = 64;
const MAX_BYTES = 512 * 1024;
const KV_WRITES = new Set(['set', 'delete', 'delete-cas', 'delete-tree', 'cas', 'lock', 'unlock']);

/** What a transaction came to: what its operations told, or which of them failed and why. */
export interface Outcome {
  readonly Results: readonly object[] | null;
  readonly Errors: readonly { readonly OpIndex: number; readonly What: string }[] | null;
}

/** Carries the errors out of a write that must be undone. */
class Conflict extends Error {
  readonly errors: NonNullable<Outcome['Errors']>;

  constructor(errors: NonNullable<Outcome['Errors']>) {
    super('conflict');
    this.errors = errors;
  }
}

/** Throws 413 when the transaction is too large. */
export function requireSize(bytes: number): void {
  if (bytes <= MAX_BYTES) return;
  const where = 'https://www.consul.io/docs/agent/options.html#txn_max_req_len';
  throw new Refusal(413, `Request body(${bytes} bytes) too large, max size: ${MAX_BYTES} bytes. See ${where}.`);
}

/** Throws 413 when there are too many operations. */
export function requireFew(operations: readonly Operation[]): void {
  if (operations.length <= MAX_OPERATIONS) return;
  throw new Refusal(413, `Transaction contains too many operations (${operations.length} > ${MAX_OPERATIONS})`);
}

/** Does it only read? Then nothing is written, and the leader's own state answers. */
export const isReadOnly = (operations: readonly Operation[]): boolean =>
  operations.every(({ KV, Node, Service, Check }) => {
    if (KV !== undefined) return !KV_WRITES.has(KV.Verb);
    return [Node, Service, Check].every((operation) => operation === undefined || operation.Verb === 'get');
  });

export function transact(state: State, operations: readonly Operation[], datacenter: string): Outcome {
  const each = (work: Work) => attempt(operations, (operation) => work(state, operation, datacenter));
  const perform = (): Outcome => ({ Results: each(performOne), Errors: null });
  try {
    each(requireOne);
    return isReadOnly(operations) ? perform() : state.write(perform);
  } catch (error) {
    if (error instanceof Conflict) return { Results: null, Errors: error.errors };
    throw error;
  }
}

type Work = (state: State, operation: Operation, datacenter: string) => readonly object[];

/** All operations have their turn, for all that fail are told; what the others did is undone. */
function attempt(operations: readonly Operation[], work: (operation: Operation) => readonly object[]) {
  const results: object[] = [];
  const errors: { readonly OpIndex: number; readonly What: string }[] = [];
  for (const [OpIndex, operation] of operations.entries()) {
    try {
      results.push(...work(operation));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      errors.push({ OpIndex, What: error.message });
    }
  }
  if (errors.length > 0) throw new Conflict(errors);
  return results;
}

/** What can be told before anything is done. */
const requireOne: Work = (state, operation, datacenter) => {
  if (operation.KV === undefined) requireCatalog(state, operation, datacenter);
  else requireKv(state, operation.KV);
  return [];
};

const performOne: Work = (state, operation, datacenter) =>
  operation.KV === undefined
    ? performCatalog(state, operation, datacenter)
    : performKv(state, operation.KV).map((KV) => ({ KV }));
