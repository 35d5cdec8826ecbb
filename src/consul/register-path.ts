/**
 * The way of a check that a transaction would damage: `PUT /v1/catalog/register`, which keeps every field but knows no
 * compare-and-set and creates what is missing. So: read, register, read again, and take out what was made anew.
 */
import type { CheckRecord, ExternalNode, Rejection } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import { excerptOf } from './answer.ts';
import { isMissing, refusal } from './errors.ts';
import { type Facts, readFacts } from './facts.ts';
import { deleteCheckCas, deleteNodeCas, renderCheck } from './operations.ts';
import { sendTransaction } from './transaction.ts';

/** Consul as it was before and is after the registration of one check. */
export interface Registered {
  readonly check: CheckRecord;
  readonly node: ExternalNode;
}

/** Reads check and node consistently; undefined when one of them is gone. */
export async function readRegistered(
  client: ConsulClient,
  { id, key }: CheckRecord,
  signal: AbortSignal,
): Promise<Registered | undefined> {
  const questions = { checks: [id], nodes: [id], services: [], keys: [] };
  const facts: Facts = await readFacts(client, questions, signal);
  const [check, node] = [facts.checks.get(key), facts.nodes.get(id.node)];
  return check === undefined || node === undefined ? undefined : { check, node };
}

/**
 * Registers `wish` over what was `before`. Resolves to the check as it is now, or to why there is none. Rejects with
 * `ESM_CONSUL_*` when Consul did not take it.
 */
export async function register(
  client: ConsulClient,
  wish: CheckRecord,
  before: Registered,
  signal: AbortSignal,
): Promise<CheckRecord | Rejection> {
  const { node, partition } = wish.id;
  const body = JSON.stringify({
    Node: node,
    SkipNodeUpdate: true,
    ...(partition === '' ? {} : { Partition: partition }),
    Check: renderCheck(wish),
  });
  const answer = await client.ask({ method: 'PUT', path: '/v1/catalog/register', body }, signal);
  if (answer.status !== 200 && isMissing(excerptOf(answer))) return { reason: 'gone' };
  if (answer.status !== 200) throw refusal(`writing check '${wish.id.checkId}'`, answer);
  const after = await readRegistered(client, wish, signal);
  if (after === undefined) return { reason: 'gone' };
  if (isSame(before.node, after.node) && isSame(before.check, after.check)) return after.check;
  await takeOut(client, after, signal);
  return { reason: 'gone' };
}

interface Created {
  readonly createIndex: number;
  readonly modifyIndex: number;
}

const isSame = (before: Created, after: Created): boolean => before.createIndex === after.createIndex;

/** Untouched since it was made. */
const isNew = ({ createIndex, modifyIndex }: Created): boolean => createIndex === modifyIndex;

/**
 * Node or check were removed meanwhile, and the registration made them anew. A node made so bears nothing but the check and
 * came with it; any other is somebody else's new one, and only the check goes, if it is the one just made.
 */
async function takeOut(client: ConsulClient, { check, node }: Registered, signal: AbortSignal): Promise<void> {
  const isOwnNode = isNew(node) && node.createIndex === check.createIndex && Object.keys(node.meta).length === 0;
  if (isOwnNode) await sendTransaction(client, [deleteNodeCas(node)], signal);
  else if (isNew(check)) await sendTransaction(client, [deleteCheckCas(check)], signal);
}
