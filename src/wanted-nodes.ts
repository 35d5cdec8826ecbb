/** Which nodes this instance is to run, and with which checks. */
import type { CheckKey, CheckRecord, ExternalNode } from '../machines/model.ts';
import type { NodeRecord } from '../machines/rules/reconcile.ts';

/** The checks of each node, by its name. */
export type ChecksByNode = ReadonlyMap<string, ReadonlyMap<CheckKey, CheckRecord>>;

export const byNode = (records: readonly CheckRecord[]): ChecksByNode => {
  const nodes = new Map<string, Map<CheckKey, CheckRecord>>();
  for (const record of records) {
    const checks = nodes.get(record.id.node);
    if (checks === undefined) nodes.set(record.id.node, new Map([[record.key, record]]));
    else checks.set(record.key, record);
  }
  return nodes;
};

const NO_CHECKS: ReadonlyMap<CheckKey, CheckRecord> = new Map();

/** The nodes that stand in the share and in the catalog, each with its checks. */
export const wantedNodes = (
  share: ReadonlySet<string>,
  nodes: readonly ExternalNode[],
  checks: ChecksByNode,
): ReadonlyMap<string, NodeRecord> =>
  new Map(
    nodes
      .filter(({ name }) => share.has(name))
      .map((node) => [node.name, { node, checks: checks.get(node.name) ?? NO_CHECKS }]),
  );
