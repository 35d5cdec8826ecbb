/** The leader's one kind of write: lists, each transaction fenced by the lock. */
import { EsmError } from '../errors.ts';
import { chunk } from './chunks.ts';
import type { ConsulClient } from './client.ts';
import type { ListChange } from './consul.ts';
import { isFailedSessionFence } from './errors.ts';
import type { Keys } from './keys.ts';
import { renderShare } from './shares.ts';
import { sendTransaction } from './transaction.ts';

/** Writes and removes lists in the order given. Resolves to false, with the rest undone, when the lock is not the session's. */
export async function writeLists(
  { client, keys }: { readonly client: ConsulClient; readonly keys: Keys },
  changes: readonly ListChange[],
  session: string,
  signal: AbortSignal,
): Promise<boolean> {
  const fence = { KV: { Verb: 'check-session', Key: keys.leader, Session: session } };
  const groups = changes.map(({ serviceId, share }) => {
    const Key = keys.agent(serviceId);
    if (share === undefined) return { operations: [{ KV: { Verb: 'delete', Key } }] };
    return { operations: [{ KV: { Verb: 'set', Key, Value: Buffer.from(renderShare(share)).toString('base64') } }] };
  });
  for (const part of chunk(groups)) {
    const answer = await sendTransaction(client, [fence, ...part.flatMap(({ operations }) => operations)], signal);
    if (answer.type === 'done') continue;
    if (answer.errors.some(({ text }) => isFailedSessionFence(text))) return false;
    throw new EsmError('ESM_CONSUL_REFUSED', `writing lists: ${answer.errors[0]?.text ?? 'rolled back'}`);
  }
  return true;
}
