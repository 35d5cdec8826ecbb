/**
 * The domain's types: what charts, rules, Consul and probes say to one another. Data only. Times are milliseconds since
 * 1970 unless a name says otherwise; numbers carry their unit.
 */

/** A check's status, from best to worst. Anything else found in the catalog counts as `critical`. */
export type CheckStatus = 'passing' | 'warning' | 'critical';

/** Which check, in Consul's terms. Two nodes may hold equal service and check ids. Empty strings stand for "default" or "none". */
export interface CheckId {
  readonly partition: string;
  readonly namespace: string;
  readonly node: string;
  readonly serviceId: string;
  readonly checkId: string;
}

/** {@link CheckId} as one string, for maps; made by `checkKey` only. */
export type CheckKey = string & { readonly __brand: 'CheckKey' };

/** The key of a check. The parts are joined by NUL, which Consul accepts in none of them. */
export const checkKey = (id: CheckId): CheckKey =>
  [id.partition, id.namespace, id.node, id.serviceId, id.checkId].join('\0') as CheckKey; // safe: the one place that makes keys

/** The daemon's own check on every probed node. */
export const NODE_CHECK_ID = 'externalNodeHealth';

/** A node of the catalog whose meta says that it is external, as last read. */
export interface ExternalNode {
  readonly name: string;
  readonly partition: string;
  /** A name, an IPv4 or an IPv6 address. */
  readonly address: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** Is the node to be pinged: `external-probe = "true"` in its meta? */
export const isProbed = (node: ExternalNode): boolean => node.meta['external-probe'] === 'true';

/** A check's definition as Consul serialises it: Consul's field names, durations as strings. Nothing in it can be trusted. */
export type CatalogDefinition = Readonly<Record<string, unknown>>;

/** A check of the catalog, as last read. */
export interface CheckRecord {
  readonly id: CheckId;
  readonly key: CheckKey;
  readonly name: string;
  /** As the catalog holds it; anything but the three known words counts as `critical`. */
  readonly status: string;
  readonly output: string;
  readonly notes: string;
  readonly serviceName: string;
  readonly serviceTags: readonly string[];
  /** Undefined or empty: the check is nobody's to run. */
  readonly definition: CatalogDefinition | undefined;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

/** What a chart must know of a check's definition. The rest (URLs, headers with secrets) never enters a chart. */
export interface CheckPlan {
  readonly id: CheckId;
  /** How long the check may be critical before its service is removed; undefined: for ever, or no service to remove. */
  readonly deregisterAfterMs: number | undefined;
}

/** What a probe saw. */
export interface ProbeResult {
  readonly status: CheckStatus;
  readonly output: string;
}

/** Which nodes an instance owns, as KV holds it: `Probes` are pinged and their checks run, of `Nodes` only the checks run. */
export interface Share {
  readonly nodes: readonly string[];
  readonly probes: readonly string[];
  /** ModifyIndex of the KV entry: the fence of every write. */
  readonly modifyIndex: number;
}

/** The share of every instance, by service id. */
export type Assignment = ReadonlyMap<string, Pick<Share, 'nodes' | 'probes'>>;

/** One thing to be done in Consul, said in the domain's terms; src/consul/txn.ts says it in Consul's. */
export type WriteOperation =
  /** Status and output of a user's check: compare-and-set on the check as last read; never creates it. */
  | { readonly type: 'check.report'; readonly id: CheckId; readonly status: CheckStatus; readonly output: string }
  /** Since when the check has been critical, `<kv>critical/<node>/<service id>/<check id>`. */
  | { readonly type: 'criticalSince.set'; readonly id: CheckId; readonly sinceMs: number }
  | { readonly type: 'criticalSince.clear'; readonly id: CheckId }
  /** Status and output of `externalNodeHealth`, which is created when missing; never creates the node. */
  | {
      readonly type: 'node.report';
      readonly node: string;
      readonly partition: string;
      readonly status: 'passing' | 'critical';
      readonly output: string;
    }
  /** Since when the node has failed its pings, `<kv>probes/<node>`. */
  | { readonly type: 'failingSince.set'; readonly node: string; readonly sinceMs: number }
  | { readonly type: 'failingSince.clear'; readonly node: string }
  /** Removes the node and all it has, if its record is still the one last read. */
  | { readonly type: 'node.remove'; readonly node: string; readonly partition: string }
  /** Removes a service and its checks, if its record is still the one read just before. */
  | { readonly type: 'service.remove'; readonly id: CheckId };

/** How many operations Consul takes in one transaction: the least of what its versions allow since 1.4.1 (1.14: 128). */
export const MAX_OPERATIONS = 64;

/** How many operations of writes go into one transaction: the rest of it is the fence, which each carries. */
export const MAX_WRITTEN_OPERATIONS = MAX_OPERATIONS - 1;

/** An indivisible group of operations: all take effect, or none. */
export interface Write {
  /** Unique in the life of the process; the write is answered by it exactly once. */
  readonly id: string;
  /** What the write speaks of: a newer write of the same subject takes the place of one that still waits. */
  readonly subject: string;
  readonly operations: readonly WriteOperation[];
  /**
   * Rests on the very list of this instance that was last read: rejected when that has changed in any way, and while none
   * is known. Other writes hold as long as the node is in the list, however that has changed.
   */
  readonly isFenced: boolean;
}

/** Why a write was rejected for good. */
export type Rejection =
  /** The check, service or node is no longer in the catalog. */
  | { readonly reason: 'gone' }
  /** Somebody else changed the status: `status` is what the catalog holds now. */
  | { readonly reason: 'changed'; readonly status: CheckStatus }
  /** The node is another instance's now; or record or list changed, so that a removal no longer holds. */
  | { readonly reason: 'fenced' }
  /** A removal, and KV no longer says since when that has been due: the time was deleted or replaced, or Consul lost its state. */
  | { readonly reason: 'untimed' }
  /** Consul will never take it: `detail` says why. */
  | { readonly reason: 'refused'; readonly detail: string };

/**
 * What became of a write at the hands of Consul. `owed` means: nothing is known to have happened, try again later;
 * `forbidden`: nothing has, for the token lacks a permission, try again until it has it.
 */
export type WriteOutcome =
  | { readonly id: string; readonly type: 'committed' }
  | { readonly id: string; readonly type: 'rejected'; readonly rejection: Rejection }
  | { readonly id: string; readonly type: 'owed' | 'forbidden'; readonly reason: string };

/** The last word on a write, as the writer gives it. */
export type WriteReply =
  | Exclude<WriteOutcome, { readonly reason: string }>
  /** A newer write of the same subject took its place, or it was withdrawn. */
  | { readonly id: string; readonly type: 'superseded' };

/** The answer to a write, sent to the actor that asked for it. `atMs`: when. */
export type WriteAnswer =
  | { readonly type: 'status.committed'; readonly writeId: string; readonly atMs: number }
  | { readonly type: 'status.rejected'; readonly writeId: string; readonly rejection: Rejection; readonly atMs: number }
  /** A newer write of the same subject took its place, or it was withdrawn. */
  | { readonly type: 'status.superseded'; readonly writeId: string; readonly atMs: number };

/** What a write that no longer fits the check as last read is worth: read again and try again, or let it go. */
export type StaleIndexPolicy = 'settle' | 'drop';
