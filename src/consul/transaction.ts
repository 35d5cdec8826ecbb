/** `PUT /v1/txn`: operations in Consul's words, all of which take effect or none. */
import { asArray, asIndex, asObject, asString, jsonOf } from './answer.ts';
import { EsmError } from '../errors.ts';
import type { ConsulClient } from './client.ts';
import { refusal } from './errors.ts';
import { type KvEntry, parseEntry } from './kv.ts';

/** One operation, as Consul's JSON has it. */
export type TransactionOperation =
  | { readonly KV: Readonly<Record<string, unknown>> & { readonly Verb: string; readonly Key: string } }
  | {
      readonly Node: {
        readonly Verb: string;
        readonly Node: Readonly<Record<string, unknown>> & { readonly Node: string };
      };
    }
  | {
      readonly Service: {
        readonly Verb: string;
        readonly Node: string;
        readonly Service: Readonly<Record<string, unknown>> & { readonly ID: string };
      };
    }
  | {
      readonly Check: {
        readonly Verb: string;
        readonly Check: Readonly<Record<string, unknown>> & { readonly Node: string; readonly CheckID: string };
      };
    };

/** A record as Consul holds it after the transaction; deletions and fences leave none. */
export interface TransactionResult {
  readonly check: Readonly<Record<string, unknown>> | undefined;
  readonly node: Readonly<Record<string, unknown>> | undefined;
  readonly service: Readonly<Record<string, unknown>> | undefined;
  readonly kv: KvEntry | undefined;
}

/** What became of a transaction. */
export type TransactionAnswer =
  | { readonly type: 'done'; readonly results: readonly TransactionResult[] }
  /** Everything was rolled back, for these operations' sake. */
  | { readonly type: 'conflict'; readonly errors: readonly OperationError[] };

export interface OperationError {
  /** Which operation, counted from 0. */
  readonly operation: number;
  readonly text: string;
}

/** Sends a transaction. Rejects with `ESM_CONSUL_*` on any answer but done and conflict. */
export async function sendTransaction(
  client: ConsulClient,
  operations: readonly TransactionOperation[],
  signal: AbortSignal,
  query: readonly (readonly [string, string])[] = [],
): Promise<TransactionAnswer> {
  const what = `a transaction of ${operations.length}`;
  const answer = await client.ask({ method: 'PUT', path: '/v1/txn', query, body: JSON.stringify(operations) }, signal);
  if (answer.status !== 200 && answer.status !== 409) throw refusal(what, answer);
  const body = asObject(jsonOf(what, answer));
  const errors = asArray(body?.['Errors']).map(parseError);
  if (answer.status === 409 || errors.length > 0) return { type: 'conflict', errors };
  // A gateway's `{}` says nothing of what became of the writes; Consul names the results even when it has none.
  if (body === undefined || !('Results' in body))
    throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer is not that of a transaction`);
  return { type: 'done', results: asArray(body['Results']).map(parseResult) };
}

/** A transaction that only reads, answered by the leader after it has made sure that it still is. */
export const readConsistently = (
  client: ConsulClient,
  operations: readonly TransactionOperation[],
  signal: AbortSignal,
): Promise<TransactionAnswer> => sendTransaction(client, operations, signal, [['consistent', '']]);

function parseError(value: unknown): OperationError {
  const error = asObject(value);
  return { operation: asIndex(error?.['OpIndex']), text: asString(error?.['What']) };
}

function parseResult(value: unknown): TransactionResult {
  const result = asObject(value);
  return {
    check: asObject(result?.['Check']),
    node: asObject(result?.['Node']),
    service: asObject(result?.['Service']),
    kv: parseEntry(result?.['KV']),
  };
}
