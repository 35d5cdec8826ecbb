/** Consul filters lists by ACL instead of refusing them, so an empty list may be a lie. */
import { EsmError } from '../errors.ts';
import { type Answer, asObject, jsonOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import { requireOk } from './errors.ts';
import { readAgent } from './gate.ts';

/**
 * Resolves when nodes can be read: the agent's own, which is always in the catalog, is seen with the same token. Rejects with
 * `ESM_CONSUL_FORBIDDEN`, naming the permission, when it is not, or when `answer`, which seems empty, says that something was left
 * out. The answer itself may be older than the permission: whoever believes an empty one has asked for it after this.
 */
export async function requireSight(
  client: ConsulClient,
  what: string,
  answer: Answer,
  signal: AbortSignal,
): Promise<void> {
  const isVisible = !answer.isFiltered && (await canReadOwnNode(client, signal));
  if (isVisible) return;
  throw new EsmError(
    'ESM_CONSUL_FORBIDDEN',
    `${what}: Consul hides nodes from this token (it needs node read: node_prefix "" { policy = "read" })`,
  );
}

async function canReadOwnNode(client: ConsulClient, signal: AbortSignal): Promise<boolean> {
  const what = 'reading the own node';
  const { nodeName } = await readAgent(client, signal);
  const path = `/v1/catalog/node/${encodeURIComponent(nodeName)}`;
  // A leader just elected answers from what it has read of its log so far: a restarted Consul seemed to hide its node.
  const answer = await client.ask({ method: 'GET', path, query: [['consistent', '']] }, signal);
  requireOk(what, answer);
  const found = jsonOf(what, answer);
  if (found === null) return false;
  if (asObject(asObject(found)?.['Node']) !== undefined) return true;
  throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer holds no node`);
}
