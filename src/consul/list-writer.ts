/** The leader's one kind of write: lists, each transaction fenced by the lock. */
import { EsmError } from '../errors.ts';
import { chunk } from './chunks.ts';
import type { ConsulClient } from './client.ts';
import type { ListChange } from './consul.ts';
import { isFailedSessionFence } from './errors.ts';
import type { Keys } from './keys.ts';
import { readKeyNames } from './kv.ts';
import { deleteKey, setKey } from './operations.ts';
import { firstKeyOf, newVersion, partKey } from './parts.ts';
import { renderShare } from './shares.ts';
import { sendTransaction, type TransactionOperation } from './transaction.ts';

interface ListDeps {
  readonly client: ConsulClient;
  readonly keys: Keys;
}

/**
 * Writes and removes lists in the order given, then the parts of what they were before. Of a list with parts the first key,
 * which names them, is written last: a reader finds the old list or the new one, never a mixture. Resolves to false, with
 * the rest undone, when the lock is not the session's.
 */
export async function writeLists(
  deps: ListDeps,
  changes: readonly ListChange[],
  session: string,
  signal: AbortSignal,
): Promise<boolean> {
  const operations = changes.flatMap((change) => operationsOf(deps, change));
  if (!(await send(deps, operations, session, signal))) return false;
  const firstKeys = new Set(changes.map(({ serviceId }) => deps.keys.agent(serviceId)));
  const current = new Set(operations.map(({ KV }) => KV.Key));
  const found = await readKeyNames(deps.client, deps.keys.agents, signal);
  const surplus = found.filter((key) => firstKeys.has(firstKeyOf(key) ?? '') && !current.has(key));
  return send(deps, surplus.map(deleteKey), session, signal);
}

function operationsOf({ client, keys }: ListDeps, { serviceId, share }: ListChange) {
  const key = keys.agent(serviceId);
  if (share === undefined) return [deleteKey(key)];
  const version = newVersion(client.random);
  const [first, ...further] = renderShare(share, version);
  return [...further.map((value, at) => setKey(partKey(key, version, at + 2), value)), setKey(key, first)];
}

async function send(
  { client, keys }: ListDeps,
  operations: readonly TransactionOperation[],
  session: string,
  signal: AbortSignal,
): Promise<boolean> {
  const fence = { KV: { Verb: 'check-session', Key: keys.leader, Session: session } };
  for (const part of chunk(operations.map((operation) => ({ operations: [operation] })))) {
    const answer = await sendTransaction(client, [fence, ...part.flatMap((group) => group.operations)], signal);
    if (answer.type === 'done') continue;
    if (answer.errors.some(({ text }) => isFailedSessionFence(text))) return false;
    throw new EsmError('ESM_CONSUL_REFUSED', `writing lists: ${answer.errors[0]?.text ?? 'rolled back'}`);
  }
  return true;
}
