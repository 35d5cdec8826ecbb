/** Which nodes this instance may write of, and the fence that fails a write once that is no longer so. */
import type { Share, Write } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import type { Fleet } from './consul.ts';
import type { Keys } from './keys.ts';
import { requireIndex, requireNone } from './operations.ts';
import { readOwnList } from './own-list.ts';
import { readConsistently, type TransactionOperation } from './transaction.ts';

export interface OwnershipDeps {
  readonly client: ConsulClient;
  readonly keys: Keys;
  /** Whose list is the own one. */
  readonly serviceId: string;
  /** The own list as last read; undefined: never read. */
  readonly share: () => Share | undefined;
  /** The lists of all, for when the own one is gone. */
  readonly fleet: Pick<Fleet, 'readLists'>;
}

export interface Ownership {
  /** Goes with every transaction. */
  readonly fences: readonly TransactionOperation[];
  /** Is there a list to stand on? Without one nothing may be removed. */
  readonly isListed: boolean;
  owns(node: string): boolean;
}

/** What the list last read says. As long as there was none, nobody else can say whose the nodes are. */
export function lastOwnership(deps: OwnershipDeps): Ownership {
  const share = deps.share();
  return share === undefined ? { fences: [], isListed: false, owns: () => true } : standingOn(share, deps);
}

/**
 * What KV says now. An own list that was deleted or cannot be read gives nothing to nobody, so the nodes stay here, but for
 * those in the list of another: the list of an instance that was away for long is deleted too. That holds until the leader
 * writes the list anew: late reports of nodes that it no longer held won without a fence. Rejects with `ESM_CONSUL_*`.
 */
export async function readOwnership(deps: OwnershipDeps, signal: AbortSignal): Promise<Ownership> {
  const entry = await readOwnList(deps, deps.serviceId, signal);
  if (entry.type === 'list') return standingOn(entry.share, deps);
  const lists = [...(await deps.fleet.readLists(signal))];
  const others = lists.flatMap(([id, list]) => (id === deps.serviceId || list.type !== 'list' ? [] : [list.share]));
  const fences = entry.type === 'absent' ? [requireNone(deps.keys.agent(deps.serviceId))] : [];
  return { fences, isListed: false, owns: (node) => !others.some((share) => namesIn(share).has(node)) };
}

/** Does the fence hold at this moment? For writes that no transaction can carry. Rejects with `ESM_CONSUL_*`. */
export async function stands(client: ConsulClient, { fences }: Ownership, signal: AbortSignal): Promise<boolean> {
  return fences.length === 0 || (await readConsistently(client, fences, signal)).type === 'done';
}

/** Does the write speak of own nodes only? */
export const ownsAllOf = (ownership: Ownership, { operations }: Write): boolean =>
  operations.every((operation) => ownership.owns('id' in operation ? operation.id.node : operation.node));

const standingOn = (share: Share, { keys, serviceId }: OwnershipDeps): Ownership => ({
  fences: [requireIndex(keys.agent(serviceId), share.modifyIndex)],
  isListed: true,
  owns: (node) => namesIn(share).has(node),
});

/** A list of 60,000 nodes is asked about with every transaction: its names are gathered once. */
const gathered = new WeakMap<Share, ReadonlySet<string>>();

function namesIn(share: Share): ReadonlySet<string> {
  const known = gathered.get(share);
  if (known !== undefined) return known;
  const names = new Set([...share.nodes, ...share.probes]);
  gathered.set(share, names);
  return names;
}
