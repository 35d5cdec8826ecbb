/** Many KV keys in few requests. */
import { MAX_OPERATIONS } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import type { KvEntry } from './kv.ts';
import { readConsistently } from './transaction.ts';

/**
 * Consistent read of just these keys; one that does not exist is left out. By transaction, since a path would lose keys with
 * two slashes in a row, and by `get-tree`, since a `get` of a missing key fails the whole; what else it finds is dropped.
 */
export async function readKeys(
  client: ConsulClient,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KvEntry>> {
  const wanted = new Set(keys);
  const found = new Map<string, KvEntry>();
  for (let at = 0; at < keys.length; at += MAX_OPERATIONS) {
    const operations = keys.slice(at, at + MAX_OPERATIONS).map((Key) => ({ KV: { Verb: 'get-tree', Key } }));
    const answer = await readConsistently(client, operations, signal);
    if (answer.type === 'conflict') continue;
    for (const { kv } of answer.results) if (kv !== undefined && wanted.has(kv.key)) found.set(kv.key, kv);
  }
  return found;
}
