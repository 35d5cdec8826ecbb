/** What a check or a node asks to have written: the groups of operations that must take effect together. */
import type { CheckId, CheckKey, CheckStatus, Write, WriteOperation } from '../model.ts';

/** What the daemon says of a check and waits to see committed. */
export interface CheckReport {
  readonly writeId: string;
  readonly status: CheckStatus;
  readonly output: string;
  /** Since when the check has been critical, when a deadline hangs on it. */
  readonly criticalSinceMs: number | undefined;
}

/** A check's writes share its key as subject, so that a newer report takes the place of an older one or of a removal. */
export const checkReport = (key: CheckKey, id: CheckId, report: CheckReport, hasDeadline: boolean): Write => ({
  id: report.writeId,
  subject: key,
  isFenced: false,
  operations: [
    { type: 'check.report', id, status: report.status, output: report.output },
    ...deadlineOperations(id, report.criticalSinceMs, hasDeadline),
  ],
});

const deadlineOperations = (id: CheckId, sinceMs: number | undefined, hasDeadline: boolean): WriteOperation[] => {
  if (sinceMs !== undefined) return [{ type: 'criticalSince.set', id, sinceMs }];
  return hasDeadline ? [{ type: 'criticalSince.clear', id }] : [];
};

export const serviceRemoval = (writeId: string, key: CheckKey, id: CheckId): Write => ({
  id: writeId,
  subject: key,
  isFenced: true,
  operations: [{ type: 'service.remove', id }],
});

/** What the daemon says of a node, and since when the node has failed its pings (undefined: it does not). */
export interface NodeReport {
  readonly writeId: string;
  readonly status: 'passing' | 'critical';
  readonly failingSinceMs: number | undefined;
}

/** The sentences of the Go ESM. */
const NODE_OUTPUT = { passing: 'Node alive or reachable', critical: 'Node not live or unreachable' } as const;

/** What a node's own writes speak of. */
export const nodeSubject = (node: string): string => `node\0${node}`;

/** A passing report takes the time of failure out of KV, whether one is there or not. */
export const nodeReport = (name: string, partition: string, report: NodeReport): Write => ({
  id: report.writeId,
  subject: nodeSubject(name),
  isFenced: false,
  operations: [
    { type: 'node.report', node: name, partition, status: report.status, output: NODE_OUTPUT[report.status] },
    report.failingSinceMs === undefined
      ? { type: 'failingSince.clear', node: name }
      : { type: 'failingSince.set', node: name, sinceMs: report.failingSinceMs },
  ],
});

/** The node's KV entry goes with it, in the same transaction. */
export const nodeRemoval = (writeId: string, name: string, partition: string): Write => ({
  id: writeId,
  subject: nodeSubject(name),
  isFenced: true,
  operations: [
    { type: 'node.remove', node: name, partition },
    { type: 'failingSince.clear', node: name },
  ],
});
