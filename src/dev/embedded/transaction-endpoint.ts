/** `/v1/txn`. */
import { bodyOf } from './body.ts';
import { patienceOf } from './held.ts';
import { bodyLength } from './json-body.ts';
import type { EmbeddedReply, EmbeddedRequest } from './request.ts';
import { operations as decode } from './shapes.ts';
import type { State } from './state.ts';
import { isReadOnly, requireFew, requireSize, transact } from './transaction.ts';

/** What an answer without writes tells besides. Its index is always 0. */
const READ = { Index: 0, LastContact: 0, KnownLeader: true, ConsistencyLevel: '' };

/** 409 when it failed: the body tells why, in one form with success. */
export function putTransaction(state: State, request: EmbeddedRequest, datacenter: string): EmbeddedReply {
  requireSize(bodyLength(request));
  const operations = bodyOf(request, decode, 'Failed to parse body') ?? [];
  requireFew(operations);
  const isRead = isReadOnly(operations);
  if (isRead) patienceOf(request);
  const outcome = transact(state, operations, datacenter);
  return {
    status: outcome.Errors === null ? 200 : 409,
    headers: isRead ? { 'X-Consul-KnownLeader': 'true', 'X-Consul-LastContact': '0' } : {},
    body: { type: 'json', value: isRead ? { ...outcome, ...READ } : outcome },
  };
}
