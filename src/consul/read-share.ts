/** A list by its first key: most are whole there, the rest of a longer one is fetched. */
import type { ConsulClient } from './client.ts';
import type { ShareEntry } from './consul.ts';
import { type KvEntry, readFolder } from './kv.ts';
import { parseShare } from './shares.ts';

/**
 * Reads the list that begins with `first`, undefined: there is no such key. A list that is replaced meanwhile is told as
 * incomplete; its first key has then changed, which wakes whoever watches it. Rejects with `ESM_CONSUL_*`.
 */
export async function readShare(
  client: ConsulClient,
  first: KvEntry | undefined,
  signal: AbortSignal,
): Promise<ShareEntry> {
  if (first === undefined) return { type: 'absent' };
  const entry = parseShare(first);
  return entry.type === 'incomplete' ? parseShare(first, await readFolder(client, entry.rest, signal)) : entry;
}
