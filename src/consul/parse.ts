/** The catalog's JSON in the domain's types. Nothing in it can be trusted: an entry without a name is left out, the rest made to fit. */
import { checkKey, type CheckRecord, type ExternalNode } from '../../machines/model.ts';
import { asIndex, asObject, asString, asStrings } from './answer.ts';

/** A node as `/v1/catalog/nodes` and transactions hold it. */
export function parseNode(value: unknown): ExternalNode | undefined {
  const node = asObject(value);
  const name = asString(node?.['Node']);
  if (node === undefined || name === '') return undefined;
  return {
    name,
    partition: asString(node['Partition']),
    address: asString(node['Address']),
    meta: parseMeta(node['Meta']),
    createIndex: asIndex(node['CreateIndex']),
    modifyIndex: asIndex(node['ModifyIndex']),
  };
}

/** A check as `/v1/health/state` and transactions hold it. */
export function parseCheck(value: unknown): CheckRecord | undefined {
  const check = asObject(value);
  const [node, checkId] = [asString(check?.['Node']), asString(check?.['CheckID'])];
  if (check === undefined || node === '' || checkId === '') return undefined;
  const id = {
    partition: asString(check['Partition']),
    namespace: asString(check['Namespace']),
    node,
    serviceId: asString(check['ServiceID']),
    checkId,
  };
  return {
    id,
    key: checkKey(id),
    name: asString(check['Name']),
    status: asString(check['Status']),
    output: asString(check['Output']),
    notes: asString(check['Notes']),
    serviceName: asString(check['ServiceName']),
    serviceTags: asStrings(check['ServiceTags']),
    definition: asObject(check['Definition']),
    createIndex: asIndex(check['CreateIndex']),
    modifyIndex: asIndex(check['ModifyIndex']),
  };
}

/** The entries of a list that can be read. */
export const parseList = <T extends object | string>(
  list: readonly unknown[],
  parse: (item: unknown) => T | undefined,
): readonly T[] => list.map(parse).filter((item) => item !== undefined);

const parseMeta = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asObject(value) ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
