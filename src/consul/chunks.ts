/** Work cut to what one transaction may hold. */
import { MAX_BYTES, MAX_OPERATIONS, type TransactionOperation } from './transaction.ts';

/**
 * Packs groups of operations, in order and none torn apart, into transactions under both limits; `reserved` operations and
 * `reservedBytes` are left free for fences. A group that is too large alone travels alone.
 */
export function chunk<Group extends { readonly operations: readonly TransactionOperation[] }>(
  groups: readonly Group[],
  reserved = 0,
  reservedBytes = 0,
): readonly (readonly Group[])[] {
  const chunks: Group[][] = [];
  let operationsLeft = 0;
  let bytesLeft = 0;
  for (const group of groups) {
    const bytes = Buffer.byteLength(JSON.stringify(group.operations));
    if (group.operations.length > operationsLeft || bytes > bytesLeft) {
      chunks.push([]);
      operationsLeft = MAX_OPERATIONS - reserved;
      bytesLeft = MAX_BYTES - reservedBytes;
    }
    chunks.at(-1)?.push(group);
    operationsLeft -= group.operations.length;
    bytesLeft -= bytes;
  }
  return chunks;
}
