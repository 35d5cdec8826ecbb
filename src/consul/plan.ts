/** One operation of the domain in Consul's words: compare-and-set on what is known, judged anew when that was stale. */
import {
  checkKey,
  type CheckRecord,
  type CheckStatus,
  NODE_CHECK_ID,
  type Rejection,
  type WriteOperation,
} from '../../machines/model.ts';
import { type Facts, serviceKey } from './facts.ts';
import type { Keys } from './keys.ts';
import * as operation from './operations.ts';
import type { Records } from './records.ts';
import type { TransactionOperation } from './transaction.ts';

/** What an operation comes to. */
export type Step =
  /** `check` is what Consul should hold afterwards. */
  | { readonly type: 'send'; readonly operations: readonly TransactionOperation[]; readonly check?: CheckRecord }
  /** What was wished is so already. */
  | { readonly type: 'satisfied' }
  | { readonly type: 'rejected'; readonly rejection: Rejection };

/** What a plan rests on. */
export interface Basis {
  readonly records: Records;
  readonly services: Facts['services'];
  readonly keys: Keys;
}

/** A record as it was. */
export interface Footing {
  readonly status: string;
  readonly modifyIndex: number;
  /** Of a removal: where KV says since when that is due; undefined: it does not. */
  readonly timeIndex?: number | undefined;
}

/** `stale`: what the last try rested on, once that turned out stale, or a removal was decided for; undefined: a first try. */
export function plan(wish: WriteOperation, basis: Basis, stale: Footing | undefined): Step {
  const { records, keys } = basis;
  switch (wish.type) {
    case 'check.report':
      return reportCheck(wish, records, stale);
    case 'node.report':
      return reportNode(wish, records);
    case 'node.remove':
      return removeNode(wish, basis, stale);
    case 'service.remove':
      return removeService(wish, basis, stale);
    case 'criticalSince.set':
      return send(operation.setTime(keys.criticalCheck(wish.id), wish.sinceMs));
    case 'failingSince.set':
      return send(operation.setTime(keys.probe(wish.node), wish.sinceMs));
    case 'criticalSince.clear':
      return clear(keys.criticalCheck(wish.id), records);
    case 'failingSince.clear':
      return clear(keys.probe(wish.node), records);
  }
}

/** The daemon's own check of a node, whether it is in the catalog yet or not. */
export const nodeCheckId = (node: string, partition: string) => ({
  partition,
  namespace: '',
  node,
  serviceId: '',
  checkId: NODE_CHECK_ID,
});

type Wish<Type extends WriteOperation['type']> = Extract<WriteOperation, { readonly type: Type }>;

const send = (...operations: readonly TransactionOperation[]): Extract<Step, { readonly type: 'send' }> => ({
  type: 'send',
  operations,
});

const rejected = (rejection: Rejection): Step => ({ type: 'rejected', rejection });

function reportCheck({ id, status, output }: Wish<'check.report'>, records: Records, stale: Footing | undefined): Step {
  const known = records.get(checkKey(id));
  if (known === undefined) return rejected({ reason: 'gone' });
  if (stale !== undefined) {
    if (known.status === status && known.output === output) return { type: 'satisfied' };
    const isForeign = known.status !== stale.status && known.status !== status;
    if (isForeign) return rejected({ reason: 'changed', status: statusOf(known.status) });
  }
  const check = { ...known, status, output };
  return { check, ...send(operation.casCheck(check)) };
}

function reportNode({ node, partition, status, output }: Wish<'node.report'>, records: Records): Step {
  const id = nodeCheckId(node, partition);
  const known = records.get(checkKey(id));
  const check = { ...(known ?? { ...NEW_NODE_CHECK, id, key: checkKey(id) }), status, output };
  // Consul 1.8.7 says yes to a first report of a node that is gone, and writes nothing: the node must be seen to be there.
  const first = known === undefined ? [operation.getNode(node, partition)] : [];
  return { check, ...send(...first, operation.casCheck(check)) };
}

/** At index 0 a compare-and-set creates, and fails when there is such a check already. */
const NEW_NODE_CHECK = {
  name: 'External Node Status',
  notes: '',
  serviceName: '',
  serviceTags: [],
  definition: undefined,
  createIndex: 0,
  modifyIndex: 0,
};

/** A node that is gone already leaves its failure time to be removed. */
function removeNode({ node }: Wish<'node.remove'>, { records, keys }: Basis, stale: Footing | undefined): Step {
  if (node === '') return rejected({ reason: 'refused', detail: 'a node without a name' });
  const known = records.node(node);
  if (known === undefined) return send(operation.deleteKey(keys.probe(node)));
  if (stale?.modifyIndex !== known.modifyIndex) return rejected({ reason: 'fenced' });
  return removal(
    keys.probe(node),
    records,
    stale,
    operation.deleteNodeCas(known),
    operation.deleteKey(keys.probe(node)),
  );
}

/**
 * Consul takes a deregistration without a service id for one of the whole node: it must never be sent. The check goes first, if
 * it is as it was: how long it may be critical is in its definition, and that may have been edited.
 */
function removeService(
  { id }: Wish<'service.remove'>,
  { records, services, keys }: Basis,
  stale: Footing | undefined,
): Step {
  if (id.serviceId === '' || id.node === '')
    return rejected({ reason: 'refused', detail: 'a check without a service' });
  const known = services.get(serviceKey(id));
  if (known === undefined) return send(operation.deleteFolder(keys.criticalService(id)));
  const check = records.get(checkKey(id));
  if (check === undefined || stale?.modifyIndex !== check.modifyIndex) return rejected({ reason: 'fenced' });
  return removal(
    keys.criticalCheck(id),
    records,
    stale,
    operation.deleteCheckCas(check),
    operation.deleteServiceCas(id, known),
    operation.deleteFolder(keys.criticalService(id)),
  );
}

/**
 * What is removed must be due by the time in KV, as it was when that was decided. When Consul loses its state, indexes start
 * anew: a node registered again may bear those of its predecessor, and only the lost time tells them apart.
 */
function removal(
  key: string,
  records: Records,
  stale: Footing | undefined,
  ...operations: readonly TransactionOperation[]
): Step {
  const index = records.kvIndex(key);
  if (index === undefined || index !== stale?.timeIndex) return rejected({ reason: 'untimed' });
  return send(operation.requireIndex(key, index), ...operations);
}

function clear(key: string, records: Records): Step {
  const index = records.kvIndex(key);
  return index === undefined ? { type: 'satisfied' } : send(operation.deleteKeyCas(key, index));
}

const statusOf = (status: string): CheckStatus => (status === 'passing' || status === 'warning' ? status : 'critical');
