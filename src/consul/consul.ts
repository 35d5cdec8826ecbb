/**
 * What the rest of the program may ask of Consul. Every promise rejects with an `EsmError` only (`ESM_CONSUL_*`, or the
 * reason of `signal` when that was aborted); every call takes an AbortSignal and honours it at once.
 */
import type {
  CheckKey,
  CheckRecord,
  CheckId,
  ExternalNode,
  Share,
  StaleIndexPolicy,
  Write,
  WriteOutcome,
} from '../../machines/model.ts';
import type { EsmError } from '../errors.ts';

/** What a watch tells. Only changed answers are delivered; trouble is told once a failed try, and the watch goes on by itself. */
export interface WatchObserver<T> {
  /** `index` is the X-Consul-Index of the answer. The watch waits until `onAnswer` returns before it asks again. */
  onAnswer(value: T, index: number): void;
  onTrouble(error: EsmError): void;
}

/** A running blocking query. */
export interface Watch {
  /** Ends the query that hangs and every later one; nothing is delivered any more. */
  stop(): void;
  /** Ends a back-off, and a query that hangs: asks now for whatever there is. For when Consul is back, or the question has changed. */
  wake(): void;
}

/** The agent this daemon talks to. */
export interface AgentInfo {
  readonly nodeName: string;
  readonly datacenter: string;
  readonly version: string;
}

/** Who holds a lock key, as a consistent read tells. */
export type LockHolder =
  | { readonly type: 'free' }
  /** `flags` as a decimal string: Go's exceed 2^53. */
  | { readonly type: 'held'; readonly session: string; readonly lockIndex: number; readonly flags: string };

/** What own registration looks like in the agent: absent, or there with its TTL check's status. */
export type RegistrationState = 'absent' | 'passing' | 'critical';

/** The daemon's own entry in Consul: agent mode now, agentless later, behind this one type. */
export interface Registrar {
  /** `<consul_service>:<instance_id>`. */
  readonly serviceId: string;
  lookUp(signal: AbortSignal): Promise<RegistrationState>;
  /** Registers service and TTL check, and passes the check. Safe to repeat. */
  register(signal: AbortSignal): Promise<void>;
  /** Passes the TTL check. Resolves to false when Consul does not know the service or check any more: register again. */
  beat(signal: AbortSignal): Promise<boolean>;
  deregister(signal: AbortSignal): Promise<void>;
  /** Time between two beats, in milliseconds. */
  readonly beatMs: number;
}

/** The leader's lock. */
export interface Lock {
  readonly key: string;
  /**
   * Makes a session bound to the instance's TTL check, named as the Go client names it. Resolves to its id; to undefined
   * when that check is critical or not there, which the next beat mends.
   */
  createSession(signal: AbortSignal): Promise<string | undefined>;
  /** Resolves to the time to the next renewal in milliseconds, or undefined when the session is dead. */
  renewSession(session: string, limitMs: number, signal: AbortSignal): Promise<number | undefined>;
  destroySession(session: string, signal: AbortSignal): Promise<void>;
  /** Resolves to false when somebody else was first or the lock delay runs. */
  acquire(session: string, signal: AbortSignal): Promise<boolean>;
  release(session: string, signal: AbortSignal): Promise<void>;
  /** Consistent blocking query on the lock key. */
  watch(observer: WatchObserver<LockHolder>): Watch;
  /** The same for `<kv>leader`, the key of Go instances; undefined when that is the lock key itself. */
  readonly watchGoLock: ((observer: WatchObserver<LockHolder>) => Watch) | undefined;
  readonly goKey: string;
}

/** The entries `<kv>agents/<service id>`. A list that cannot be read is told as such, never as empty. */
export type ShareEntry =
  | { readonly type: 'absent' }
  | { readonly type: 'list'; readonly share: Share }
  /** Too long for one key, and a part is not there, below `rest`: just replaced, or deleted by hand. The leader writes it anew. */
  | { readonly type: 'incomplete'; readonly rest: string }
  | { readonly type: 'unreadable'; readonly key: string; readonly reason: string };

/** What the assignment needs: reads of the fleet, and one fenced write. */
export interface Fleet {
  /** Service ids of the healthy instances that share consul_service and consul_service_tag. */
  watchInstances(observer: WatchObserver<readonly string[]>): Watch;
  /** Every list in KV, by service id. */
  readLists(signal: AbortSignal): Promise<ReadonlyMap<string, ShareEntry>>;
  /** Wakes when any list in KV was written, deleted or edited, by whom ever. A signal only: read the lists to know them. */
  watchLists(observer: WatchObserver<void>): Watch;
  /**
   * Service ids registered under consul_service, healthy or not: a `peer` bears consul_service_tag (its list is emptied
   * while it is unhealthy), a `stranger` does not (its list is left alone). Lists of all other ids are stale.
   */
  readRegistered(signal: AbortSignal): Promise<ReadonlyMap<string, 'peer' | 'stranger'>>;
  /**
   * Writes changed lists (additions before removals is the caller's order) and removes stale ones, each transaction under
   * the limits and fenced by `check-session` on the lock. Resolves to false when the fence failed: the lock is lost.
   */
  writeLists(changes: readonly ListChange[], session: string, signal: AbortSignal): Promise<boolean>;
}

/** One list to write, or (`share` undefined) to remove. */
export interface ListChange {
  readonly serviceId: string;
  readonly share: Pick<Share, 'nodes' | 'probes'> | undefined;
}

/** Since when things have failed, as KV holds it. Entries older than what they speak of are left out by the reader. */
export interface FailureTimes {
  /** `<kv>probes/<node>`: sinceMs and ModifyIndex by node name. */
  readonly nodes: ReadonlyMap<string, { readonly sinceMs: number; readonly modifyIndex: number }>;
  /** `<kv>critical/...`: the same by check key. */
  readonly checks: ReadonlyMap<string, { readonly sinceMs: number; readonly modifyIndex: number }>;
}

/** What has changed among the checks since the watch told of them last. */
export interface CheckNews {
  /** Is `changed` all there is? */
  readonly isWhole: boolean;
  /** Added, or other than before; one may be told that is as it was. */
  readonly changed: readonly CheckRecord[];
  readonly gone: readonly CheckKey[];
}

/** The catalog as the roster follows it. */
export interface Catalog {
  /** Nodes whose meta has all pairs of external_node_meta. */
  watchNodes(observer: WatchObserver<readonly ExternalNode[]>): Watch;
  /** All checks of those nodes, `externalNodeHealth` among them. */
  watchChecks(observer: WatchObserver<CheckNews>): Watch;
  /** external_node_meta has changed: all watches of nodes and checks ask by it now. */
  requery(): void;
  /** This instance's own list. */
  watchShare(observer: WatchObserver<ShareEntry>): Watch;
  /** Consistent read of the nodes' failure times: one by one for few nodes, the whole folder for many. */
  readFailureTimes(nodes: readonly string[], checks: readonly CheckId[], signal: AbortSignal): Promise<FailureTimes>;
  /** Port of the node's first service, for ping_type "tcp"; undefined when it has none. */
  readServicePort(node: string, signal: AbortSignal): Promise<number | undefined>;
}

/** Takes writes to Consul; see machines/writer.ts for when and how often. */
export interface Committer {
  /**
   * At most 64 operations, fences counted. Resolves to one outcome a write; never rejects but by `signal`. With `drop` a
   * write whose index turned out stale is rejected as `gone` unread: the node's new owner writes what is true. A removal that
   * `isTakenBack` while it was prepared is not sent, and rejected as `fenced`.
   */
  commit(
    writes: readonly Write[],
    onStaleIndex: StaleIndexPolicy,
    signal: AbortSignal,
    isTakenBack?: (write: Write) => boolean,
  ): Promise<readonly WriteOutcome[]>;
  /** Has a crowd of writes gone to Consul within the last second? */
  isCrowded(): boolean;
}
