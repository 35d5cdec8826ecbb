/** Operations of a transaction, each made in one place. */
import type { CheckRecord, ExternalNode } from '../../machines/model.ts';
import { encodeGoTime } from './go-time.ts';
import type { TransactionOperation } from './transaction.ts';

/** Enterprise's scopes; other servers are not told of them. */
interface Scope {
  readonly partition?: string;
  readonly namespace?: string;
}

const scoped = ({ partition = '', namespace = '' }: Scope) => ({
  ...(partition === '' ? {} : { Partition: partition }),
  ...(namespace === '' ? {} : { Namespace: namespace }),
});

/** A check in Consul's JSON, without its index. */
export const renderCheck = (record: CheckRecord) => ({
  ...scoped(record.id),
  Node: record.id.node,
  CheckID: record.id.checkId,
  Name: record.name,
  Status: record.status,
  Notes: record.notes,
  Output: record.output,
  ServiceID: record.id.serviceId,
  ServiceName: record.serviceName,
  ServiceTags: record.serviceTags,
  Definition: record.definition ?? {},
});

/** Compare-and-set on the index of `record`. */
export const casCheck = (record: CheckRecord): TransactionOperation => ({
  Check: { Verb: 'cas', Check: { ModifyIndex: record.modifyIndex, ...renderCheck(record) } },
});

/** Creates or overwrites; fails when the node is missing. */
export const setCheck = (record: CheckRecord): TransactionOperation => ({
  Check: { Verb: 'set', Check: renderCheck(record) },
});

export const deleteCheck = (record: CheckRecord): TransactionOperation => ({
  Check: { Verb: 'delete', Check: { Node: record.id.node, CheckID: record.id.checkId, ...scoped(record.id) } },
});

export const deleteCheckCas = (record: CheckRecord): TransactionOperation => ({
  Check: {
    Verb: 'delete-cas',
    Check: { Node: record.id.node, CheckID: record.id.checkId, ModifyIndex: record.modifyIndex, ...scoped(record.id) },
  },
});

export const deleteNodeCas = ({ name, partition, modifyIndex }: ExternalNode): TransactionOperation => ({
  Node: { Verb: 'delete-cas', Node: { ...scoped({ partition }), Node: name, ModifyIndex: modifyIndex } },
});

/** What a removal must know of a service. */
export interface ServiceRecord {
  readonly name: string;
  readonly modifyIndex: number;
}

/** `ID` alone is not enough for Consul: it wants the name too. */
export const deleteServiceCas = (
  { node, serviceId, ...scope }: CheckRecord['id'],
  { name, modifyIndex }: ServiceRecord,
): TransactionOperation => ({
  Service: {
    Verb: 'delete-cas',
    Node: node,
    Service: { Service: name, ID: serviceId, ModifyIndex: modifyIndex, ...scoped(scope) },
  },
});

type KvOperation = Extract<TransactionOperation, { KV: unknown }>;

export const setKey = (key: string, value: string | Buffer): KvOperation => ({
  KV: { Verb: 'set', Key: key, Value: Buffer.from(value).toString('base64') },
});

export const setTime = (key: string, ms: number): TransactionOperation => setKey(key, encodeGoTime(ms));

export const deleteKey = (key: string): KvOperation => ({ KV: { Verb: 'delete', Key: key } });

export const deleteKeyCas = (key: string, modifyIndex: number): TransactionOperation => ({
  KV: { Verb: 'delete-cas', Key: key, Index: modifyIndex },
});

export const deleteFolder = (folder: string): TransactionOperation => ({ KV: { Verb: 'delete-tree', Key: folder } });

/** Fails the transaction when the entry is not at that index any more. */
export const requireIndex = (key: string, modifyIndex: number): TransactionOperation => ({
  KV: { Verb: 'check-index', Key: key, Index: modifyIndex },
});

/** Fails the transaction when there is such an entry. */
export const requireNone = (key: string): TransactionOperation => ({ KV: { Verb: 'check-not-exists', Key: key } });

export const getNode = (node: string, partition = ''): TransactionOperation => ({
  Node: { Verb: 'get', Node: { ...scoped({ partition }), Node: node } },
});

export const getCheck = ({ node, checkId, ...scope }: CheckRecord['id']): TransactionOperation => ({
  Check: { Verb: 'get', Check: { Node: node, CheckID: checkId, ...scoped(scope) } },
});

export const getService = ({ node, serviceId, ...scope }: CheckRecord['id']): TransactionOperation => ({
  Service: { Verb: 'get', Node: node, Service: { ID: serviceId, ...scoped(scope) } },
});
