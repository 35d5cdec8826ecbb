/** Consistent reads of many single records in few requests, before a compare-and-set. */
import {
  type CheckId,
  type CheckKey,
  checkKey,
  type CheckRecord,
  type ExternalNode,
  MAX_OPERATIONS,
} from '../../machines/model.ts';
import { asIndex, asString } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { KvEntry } from './kv.ts';
import { getCheck, getNode, getService, type ServiceRecord } from './operations.ts';
import { parseCheck, parseNode } from './parse.ts';
import { readKeys } from './read-keys.ts';
import { readConsistently, type TransactionOperation, type TransactionResult } from './transaction.ts';

/** What to read. */
export interface Questions {
  readonly checks: readonly CheckId[];
  readonly nodes: readonly { readonly node: string; readonly partition: string }[];
  readonly services: readonly CheckId[];
  readonly keys: readonly string[];
}

/** What stands in Consul now. What was asked for and is missing here is not there (or hidden from the token). */
export interface Facts {
  readonly checks: ReadonlyMap<CheckKey, CheckRecord>;
  readonly nodes: ReadonlyMap<string, ExternalNode>;
  readonly services: ReadonlyMap<string, ServiceRecord>;
  readonly keys: ReadonlyMap<string, KvEntry>;
}

/** A service's name in {@link Facts}: that of the check without the check. */
export const serviceKey = (id: CheckId): string => checkKey({ ...id, checkId: '' });

export async function readFacts(client: ConsulClient, questions: Questions, signal: AbortSignal): Promise<Facts> {
  const checks = new Map<CheckKey, CheckRecord>();
  const nodes = new Map<string, ExternalNode>();
  const services = new Map<string, ServiceRecord>();
  const reads: Read[] = [
    ...questions.checks.map((id) => ({ operation: getCheck(id), take: takeCheck(id, checks) })),
    ...questions.nodes.map(({ node, partition }) => ({ operation: getNode(node, partition), take: takeNode(nodes) })),
    ...questions.services.map((id) => ({ operation: getService(id), take: takeService(id, services) })),
  ];
  for (let at = 0; at < reads.length; at += MAX_OPERATIONS)
    await readAll(client, reads.slice(at, at + MAX_OPERATIONS), signal);
  return { checks, nodes, services, keys: await readKeys(client, questions.keys, signal) };
}

interface Read {
  readonly operation: TransactionOperation;
  readonly take: (result: TransactionResult) => void;
}

/** A missing record fails the whole read: it is asked again without those. */
async function readAll(client: ConsulClient, reads: readonly Read[], signal: AbortSignal): Promise<void> {
  if (reads.length === 0) return;
  const answer = await readConsistently(
    client,
    reads.map(({ operation }) => operation),
    signal,
  );
  if (answer.type === 'conflict') {
    const missing = new Set(answer.errors.map(({ operation }) => operation));
    const rest = reads.filter((_, place) => !missing.has(place));
    if (rest.length < reads.length) await readAll(client, rest, signal);
    return;
  }
  // A token that may not see a record leaves it out of the results: without their number they cannot be told apart.
  if (answer.results.length !== reads.length) return readOneByOne(client, reads, signal);
  for (const [place, result] of answer.results.entries()) reads[place]?.take(result);
}

async function readOneByOne(client: ConsulClient, reads: readonly Read[], signal: AbortSignal): Promise<void> {
  if (reads.length === 1) return;
  for (const read of reads) await readAll(client, [read], signal);
}

const takeCheck =
  (id: CheckId, into: Map<CheckKey, CheckRecord>) =>
  ({ check }: TransactionResult): void => {
    const record = parseCheck(check);
    // Namespace and partition are those asked for: servers spell the default ones out here and leave them out there.
    if (record?.id.serviceId === id.serviceId) into.set(checkKey(id), { ...record, id, key: checkKey(id) });
  };

const takeNode =
  (into: Map<string, ExternalNode>) =>
  ({ node }: TransactionResult): void => {
    const record = parseNode(node);
    if (record !== undefined) into.set(record.name, record);
  };

const takeService =
  (id: CheckId, into: Map<string, ServiceRecord>) =>
  ({ service }: TransactionResult): void => {
    const modifyIndex = asIndex(service?.['ModifyIndex']);
    if (modifyIndex > 0) into.set(serviceKey(id), { name: asString(service?.['Service']), modifyIndex });
  };
