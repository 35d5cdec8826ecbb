/** What became of the checks of a fleet, as the leader of Consul's servers saw it. */
import type { CatalogCheck } from './catalog.ts';
import { follow } from './follow.ts';
import type { Fleet } from './fleet.ts';

/** What a look found changed. */
export interface StatusChange {
  readonly node: string;
  readonly checkId: string;
  /** The new status, or what else befell it. */
  readonly to: string;
  /** When Consul took the write; 0 of a removal. */
  readonly index: number;
}

export interface StatusHistory extends AsyncDisposable {
  /** All changes since the first look, oldest first. */
  changes(): readonly StatusChange[];
  /** Checks that were not passing at the last look. */
  ailing(): readonly string[];
}

type Checks = ReadonlyMap<string, CatalogCheck>;

/** Follows the fleet's checks from now on; `fleet` gives the view of a server whose link is whole. */
export function followStatuses(fleet: () => Fleet): StatusHistory {
  const changes: StatusChange[] = [];
  let last: Checks = new Map();
  const following = follow(
    () => readChecks(fleet()),
    (seen) => {
      for (const [key, before] of last) changes.push(...changeOf(before, seen.get(key)));
      last = seen;
    },
  );
  return {
    changes: () => changes,
    ailing: () => [...last].flatMap(([key, { Status }]) => (Status === 'passing' ? [] : [key])),
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

async function readChecks({ consul, name }: Fleet): Promise<Checks> {
  // safe: what /v1/health/state answers
  const checks = (await consul.get(`/health/state/any?node-meta=fleet:${name}&consistent`)) as readonly CatalogCheck[];
  return new Map(checks.map((check) => [`${check.Node}/${check.CheckID}`, check]));
}

function changeOf(before: CatalogCheck, after: CatalogCheck | undefined): StatusChange[] {
  const { Node: node, CheckID: checkId } = before;
  if (after === undefined) return [{ node, checkId, to: 'removed', index: 0 }];
  const { CreateIndex, Status, ModifyIndex: index } = after;
  if (CreateIndex !== before.CreateIndex) return [{ node, checkId, to: 'created anew', index }];
  return Status === before.Status ? [] : [{ node, checkId, to: Status, index }];
}
