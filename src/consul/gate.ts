/** The first contact: is this Consul up, new enough, led, and ours to read? */
import { EsmError } from '../errors.ts';
import { asObject, asString, listOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { AgentInfo } from './consul.ts';
import { namePermission, requireOk } from './errors.ts';
import { parseList } from './parse.ts';

/** Catalog operations in transactions came with it. */
const OLDEST = [1, 4, 1] as const;

/**
 * Resolves when agent and servers are fit. Rejects with `ESM_CONSUL_UNSUPPORTED` when one of them is older than 1.4.1,
 * `ESM_CONSUL_UNAVAILABLE` when Consul is down or has no leader, `ESM_CONSUL_FORBIDDEN` naming the permission.
 */
export async function contact(client: ConsulClient, signal: AbortSignal): Promise<AgentInfo> {
  const agent = await readAgent(client, signal);
  requireVersion(`Consul agent '${agent.nodeName}'`, agent.version);
  await requireLeader(client, signal);
  for (const { node, version } of await readServers(client, signal)) requireVersion(`Consul server '${node}'`, version);
  return agent;
}

/** The agent that this daemon talks to. Rejects with `ESM_CONSUL_UNAVAILABLE`, or `ESM_CONSUL_FORBIDDEN` naming the permission. */
export async function readAgent(client: ConsulClient, signal: AbortSignal): Promise<AgentInfo> {
  const what = 'reading the agent';
  try {
    const answer = await client.control(what, (consul, options) => consul.agent.self(options), signal);
    requireOk(what, answer);
    const config = asObject(asObject(answer.value)?.['Config']);
    const [nodeName, version] = [asString(config?.['NodeName']), asString(config?.['Version'])];
    if (nodeName === '' || version === '')
      throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer names no node`);
    return { nodeName, version, datacenter: asString(config?.['Datacenter']) };
  } catch (error) {
    throw namePermission(error, 'agent read');
  }
}

async function requireLeader(client: ConsulClient, signal: AbortSignal): Promise<void> {
  if (!(await hasLeader(client, signal))) throw new EsmError('ESM_CONSUL_UNAVAILABLE', 'Consul has no leader');
}

/**
 * Is Consul at work again? What one asks once a second while something backs off. A server may name a leader that is cut off for
 * some seconds more; a consistent read goes to it and back. What is refused for want of permission has been answered.
 */
export async function isServing(client: ConsulClient, signal: AbortSignal): Promise<boolean> {
  if (!(await hasLeader(client, signal))) return false;
  const read = { method: 'GET', path: '/v1/health/service/consul', query: [['consistent', '']] } as const;
  const { status } = await client.ask(read, signal);
  return status < 500 && status !== 429;
}

/** Does Consul answer, and have its servers a leader? */
export async function hasLeader(client: ConsulClient, signal: AbortSignal): Promise<boolean> {
  const what = 'asking for the leader';
  const answer = await client.control(what, (consul, options) => consul.status.leader(options), signal);
  requireOk(what, answer);
  return asString(answer.value) !== '';
}

/** The servers say their version in the meta of their own service. A token that may not see them learns nothing. */
async function readServers(client: ConsulClient, signal: AbortSignal) {
  const what = 'reading the servers';
  const answer = await client.ask({ method: 'GET', path: '/v1/catalog/service/consul' }, signal);
  requireOk(what, answer);
  return parseList(listOf(what, answer), (entry) => {
    const server = asObject(entry);
    const version = asString(asObject(server?.['ServiceMeta'])?.['version']);
    return version === '' ? undefined : { node: asString(server?.['Node']), version };
  });
}

function requireVersion(who: string, version: string): void {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined || !isOlder(parts)) return;
  throw new EsmError('ESM_CONSUL_UNSUPPORTED', `${who} is version ${version}; ${OLDEST.join('.')} or later is needed`);
}

function isOlder(parts: readonly number[]): boolean {
  const at = OLDEST.findIndex((least, place) => parts[place] !== least);
  return at >= 0 && (parts[at] ?? 0) < (OLDEST[at] ?? 0);
}
