/** Work cut to what one transaction may hold. */
import { MAX_WRITTEN_OPERATIONS } from '../../machines/model.ts';
import type { TransactionOperation } from './transaction.ts';

/** Consul takes 512 KiB of JSON, of which the fence and the brackets have their part. */
const MAX_BYTES = 498 * 1024;

/**
 * Packs groups of operations, in order and none torn apart, into transactions under both limits, each with room for its
 * fence. A group that is too large alone travels alone.
 */
export function chunk<Group extends { readonly operations: readonly TransactionOperation[] }>(
  groups: readonly Group[],
): readonly (readonly Group[])[] {
  const chunks: Group[][] = [];
  let operationsLeft = 0;
  let bytesLeft = 0;
  for (const group of groups) {
    const bytes = Buffer.byteLength(JSON.stringify(group.operations));
    if (group.operations.length > operationsLeft || bytes > bytesLeft) {
      chunks.push([]);
      operationsLeft = MAX_WRITTEN_OPERATIONS;
      bytesLeft = MAX_BYTES;
    }
    chunks.at(-1)?.push(group);
    operationsLeft -= group.operations.length;
    bytesLeft -= bytes;
  }
  return chunks;
}
