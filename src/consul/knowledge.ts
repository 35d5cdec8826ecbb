/** What must be read before operations can be planned: what the mirror lacks, and what turned out stale. */
import { checkKey, type WriteOperation } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import { type Facts, type Questions, readFacts } from './facts.ts';
import type { Keys } from './keys.ts';
import { type Footing, nodeCheckId } from './plan.ts';
import type { Records } from './records.ts';

export interface KnowledgeDeps {
  readonly client: ConsulClient;
  readonly records: Records;
  readonly keys: Keys;
}

/** An operation to be planned; `isStale`: whatever is known of its subject must be read again. */
export interface Inquiry {
  readonly operation: WriteOperation;
  readonly isStale: boolean;
}

/** Reads consistently what is needed, corrects the mirror, and returns the services, which are not mirrored. */
export async function lookUp(
  deps: KnowledgeDeps,
  inquiries: readonly Inquiry[],
  signal: AbortSignal,
): Promise<Facts['services']> {
  const questions = ask(deps, inquiries);
  const facts = await readFacts(deps.client, questions, signal);
  const { records } = deps;
  for (const id of questions.checks) records.forget(checkKey(id));
  for (const record of facts.checks.values()) records.learn(record);
  for (const { node } of questions.nodes) records.forgetNode(node);
  for (const node of facts.nodes.values()) records.learnNode(node);
  for (const key of questions.keys) records.forgetKv(key);
  for (const { key, modifyIndex } of facts.keys.values()) records.learnKv(key, modifyIndex);
  return facts.services;
}

/** Corrects the mirror after an operation that removed something: of that there is no echo. */
export function forgetRemoved({ records, keys }: KnowledgeDeps, operation: WriteOperation): void {
  if (operation.type === 'criticalSince.clear' || operation.type === 'service.remove') {
    records.forgetKv(keys.criticalCheck(operation.id));
  }
  if (operation.type === 'failingSince.clear' || operation.type === 'node.remove') {
    records.forgetKv(keys.probe(operation.node));
  }
  if (operation.type === 'node.remove') records.forgetNode(operation.node);
}

/** What the operation rests on, so that a change by somebody else can be told from one's own. */
export function restedOn(operation: WriteOperation, { records, keys }: KnowledgeDeps): Footing {
  switch (operation.type) {
    case 'check.report':
      return pick(records.get(checkKey(operation.id)));
    case 'service.remove':
      return {
        ...pick(records.get(checkKey(operation.id))),
        timeIndex: records.kvIndex(keys.criticalCheck(operation.id)),
      };
    case 'node.report':
      return pick(records.get(checkKey(nodeCheckId(operation.node, operation.partition))));
    case 'node.remove':
      return { ...pick(records.node(operation.node)), timeIndex: records.kvIndex(keys.probe(operation.node)) };
    default:
      return pick(undefined);
  }
}

const pick = (record: { readonly status?: string; readonly modifyIndex: number } | undefined): Footing => ({
  status: record?.status ?? '',
  modifyIndex: record?.modifyIndex ?? 0,
});

type Draft = { -readonly [Part in keyof Questions]: Questions[Part][number][] };

function ask({ records, keys }: KnowledgeDeps, inquiries: readonly Inquiry[]): Questions {
  const questions: Draft = { checks: [], nodes: [], services: [], keys: [] };
  for (const { operation, isStale } of inquiries) {
    switch (operation.type) {
      case 'check.report':
        if (isStale || records.get(checkKey(operation.id)) === undefined) questions.checks.push(operation.id);
        break;
      case 'node.report':
        if (isStale) questions.checks.push(nodeCheckId(operation.node, operation.partition));
        break;
      case 'node.remove':
        if (isStale || records.node(operation.node) === undefined) questions.nodes.push(operation);
        if (isStale) questions.keys.push(keys.probe(operation.node));
        break;
      case 'service.remove':
        if (operation.id.serviceId === '') break;
        questions.services.push(operation.id);
        if (isStale) {
          questions.checks.push(operation.id);
          questions.keys.push(keys.criticalCheck(operation.id));
        }
        break;
      case 'criticalSince.clear':
        if (isStale || records.kvIndex(keys.criticalCheck(operation.id)) === undefined)
          questions.keys.push(keys.criticalCheck(operation.id));
        break;
      case 'failingSince.clear':
        if (isStale || records.kvIndex(keys.probe(operation.node)) === undefined)
          questions.keys.push(keys.probe(operation.node));
        break;
      case 'criticalSince.set':
      case 'failingSince.set':
        break;
    }
  }
  return questions;
}
