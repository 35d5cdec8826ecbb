/** What must start, stop or change so that what runs is what the catalog and this instance's share say. */
import type { CheckKey, CheckRecord, ExternalNode } from '../model.ts';

/** A node of this instance with its checks: as it should run, or as it was last told to run. */
export interface NodeRecord {
  readonly node: ExternalNode;
  readonly checks: ReadonlyMap<CheckKey, CheckRecord>;
}

/** What is new about a running node. */
export interface NodeChange {
  readonly node: ExternalNode;
  readonly isNodeChanged: boolean;
  readonly added: readonly CheckRecord[];
  readonly changed: readonly CheckRecord[];
  readonly removed: readonly CheckKey[];
}

export interface Reconciliation {
  readonly stop: readonly string[];
  readonly change: readonly NodeChange[];
  readonly start: readonly NodeRecord[];
}

/** Both maps by node name. A node that was removed and registered anew is another node: it stops and starts. */
export const reconcile = (
  running: ReadonlyMap<string, NodeRecord>,
  wanted: ReadonlyMap<string, NodeRecord>,
): Reconciliation => {
  const stop: string[] = [];
  const change: NodeChange[] = [];
  const start: NodeRecord[] = [];
  for (const [name, now] of running) {
    const next = wanted.get(name);
    if (next?.node.createIndex !== now.node.createIndex) stop.push(name);
    else {
      const difference = changeOf(now, next);
      if (difference !== undefined) change.push(difference);
    }
  }
  for (const [name, next] of wanted) {
    const now = running.get(name);
    if (now?.node.createIndex !== next.node.createIndex) start.push(next);
  }
  return { stop, change, start };
};

const changeOf = (now: NodeRecord, next: NodeRecord): NodeChange | undefined => {
  const added: CheckRecord[] = [];
  const changed: CheckRecord[] = [];
  const removed: CheckKey[] = [];
  for (const [key, check] of next.checks) {
    const known = now.checks.get(key);
    if (known === undefined) added.push(check);
    else if (known.createIndex !== check.createIndex) {
      removed.push(key);
      added.push(check);
    } else if (known.modifyIndex !== check.modifyIndex) changed.push(check);
  }
  for (const key of now.checks.keys()) if (!next.checks.has(key)) removed.push(key);
  const isNodeChanged = now.node.modifyIndex !== next.node.modifyIndex;
  if (!isNodeChanged && added.length + changed.length + removed.length === 0) return undefined;
  return { node: next.node, isNodeChanged, added, changed, removed };
};
