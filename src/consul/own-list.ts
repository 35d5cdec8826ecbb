/** The own list as it stands in KV now, for when the one that the watch told last turns out to be old. */
import type { ConsulClient } from './client.ts';
import type { ShareEntry } from './consul.ts';
import { requireOk } from './errors.ts';
import type { Keys } from './keys.ts';
import { kvPath, parseEntries } from './kv.ts';
import { readShare } from './read-share.ts';

/** Reads the list of `serviceId` consistently. Rejects with `ESM_CONSUL_*`: a list that may not be read is not absent. */
export async function readOwnList(
  { client, keys }: { readonly client: ConsulClient; readonly keys: Keys },
  serviceId: string,
  signal: AbortSignal,
): Promise<ShareEntry> {
  const key = keys.agent(serviceId);
  const what = `reading ${key}`;
  const answer = await client.ask({ method: 'GET', path: kvPath(key), query: [['consistent', '']] }, signal);
  if (answer.status !== 404) requireOk(what, answer, `read on key ${key}`);
  return readShare(client, parseEntries(what, answer)[0], signal);
}
