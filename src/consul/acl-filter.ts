/** Consul filters lists by ACL instead of refusing them, so an empty list may be a lie. */
import { EsmError } from '../errors.ts';
import { type Answer, asObject, asString, jsonOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import { namePermission, requireOk } from './errors.ts';

/**
 * Resolves when an empty answer is to be believed: the agent's own node, which is always in the catalog, can be read with the
 * same token. Rejects with `ESM_CONSUL_FORBIDDEN`, naming the permission, when it cannot.
 */
export async function verifyEmpty(
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
  const path = `/v1/catalog/node/${encodeURIComponent(await readOwnName(client, signal))}`;
  const answer = await client.ask({ method: 'GET', path }, signal);
  requireOk(what, answer);
  return asObject(asObject(jsonOf(what, answer))?.['Node']) !== undefined;
}

async function readOwnName(client: ConsulClient, signal: AbortSignal): Promise<string> {
  const what = 'reading the agent';
  try {
    const answer = await client.control(what, (consul, options) => consul.agent.self(options), signal);
    requireOk(what, answer);
    return asString(asObject(asObject(answer.value)?.['Config'])?.['NodeName']);
  } catch (error) {
    throw namePermission(error, 'agent read');
  }
}
