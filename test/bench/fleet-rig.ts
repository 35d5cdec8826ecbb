/** Three instances at rest, to which things happen. At the targets it is seen who probes what. */
import type { TestConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import { startInstances, type Instances } from '../support/instances.ts';
import { pathOf, registerNodes } from '../support/probed-nodes.ts';
import { ownersIn, untilShared, type Lists } from '../support/shares.ts';
import { followStatuses } from '../support/status-history.ts';
import { startWitness } from '../support/witness.ts';

export const INSTANCES = ['one', 'two', 'three'] as const;
const NODES = 18;
const INTERVAL = '1s';

export interface FleetRig extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly instances: Instances;
  readonly nodes: readonly string[];
  /** Resolves to the lists once all three have their share, and each node is well and was last probed by whose it is. */
  atRest(): Promise<Lists>;
  /**
   * Resolves, once each of `nodes` (all unless told) was probed after `sinceMs` of `monotonicMs()` by a process that `counts`, to the milliseconds that the last of them took.
   */
  probedAgainMs(sinceMs: number, counts: (pid: number) => boolean, nodes?: readonly string[]): Promise<number>;
  /** Nodes of which the catalog was told since the last call that they are not passing, or are gone, though nothing happened to them. */
  harmed(): number;
}

/** Starts them at the agent, with nodes that are all well. */
export async function openFleetRig(name: string, consul: TestConsul): Promise<FleetRig> {
  const fleet = createFleet(consul, name);
  const instances = await startInstances(fleet, INSTANCES);
  const witness = await startWitness();
  const nodes = await registerNodes(fleet, NODES, witness, INTERVAL);
  const statuses = followStatuses(() => fleet);
  let judged = 0;
  return {
    ...{ fleet, instances, nodes },
    async atRest() {
      const lists = await untilShared(fleet, INSTANCES, NODES, 60_000);
      const isOwners = ([node, [owner = '']]: readonly [string, readonly string[]]): boolean =>
        witness.sightings(pathOf(node)).at(-1)?.pid === instances.get(owner).pid;
      const isAtRest = (): boolean => [...ownersIn(lists)].every(isOwners) && statuses.ailing().length === 0;
      await eventually('probes by the owners alone', isAtRest, { deadlineMs: 30_000 });
      return lists;
    },
    async probedAgainMs(sinceMs, counts, wanted = nodes) {
      const firsts = (): readonly (number | undefined)[] =>
        wanted.map(
          (node) => witness.sightings(pathOf(node)).find(({ atMs, pid }) => atMs > sinceMs && counts(pid))?.atMs,
        );
      await eventually('a probe of every node', () => firsts().every((atMs) => atMs !== undefined), {
        deadlineMs: 60_000,
      });
      return Math.max(...firsts().map((atMs = Infinity) => atMs - sinceMs));
    },
    harmed() {
      const harm = statuses.changes().slice(judged);
      judged = statuses.changes().length;
      return new Set(harm.filter(({ to }) => to !== 'passing').map(({ node }) => node)).size;
    },
    async [Symbol.asyncDispose]() {
      await statuses[Symbol.asyncDispose]();
      await instances[Symbol.asyncDispose]();
      await witness[Symbol.asyncDispose]();
    },
  };
}
