/** A target's steady status is in the catalog within interval x (threshold + 1) plus the take-over bound. */
import type { UserCheck, UserNode } from '../world/users.ts';
import { checkHost, isProbed, nodeHost } from '../world/users.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** From a result to the catalog. */
const WRITING_MS = 1_000;

/** A ping waits no longer. */
const PING_MS = 5_000;

/** What users invent counts as critical. */
const statusOf = (found: string | undefined): string | undefined =>
  found === undefined || found === 'passing' || found === 'warning' ? found : 'critical';

export const steadyStatus = (world: World): Invariant => {
  const { passingThreshold = 0, criticalThreshold = 0, nodeProbeIntervalMs = 10_000 } = world.settings;
  const threshold = Math.max(passingThreshold, criticalThreshold);
  const fail = (what: string, found: string | undefined, health: string, forMs: number): never => {
    throw new Violation(`${what} is ${found ?? 'absent'} in the catalog, its target ${health} for ${forMs / 1000} s`);
  };
  /** Counters do not move with a node. */
  const steadyFor = (node: UserNode, ...sinceMs: readonly number[]): number =>
    world.timeline.nowMs - Math.max(...sinceMs, node.editedAtMs, world.ownership.sinceMs(node.name), world.calmFromMs);

  const inspectCheck = (node: UserNode, check: UserCheck, found: string | undefined): void => {
    const target = world.targets.at(checkHost(node.name, check.checkId));
    const { intervalMs, timeoutMs } = check;
    // A tick that falls due during a run is skipped.
    const skipped = target.health === 'silent' ? Math.floor(timeoutMs / intervalMs) : 0;
    const roundMs = intervalMs * (1 + skipped);
    const forMs = steadyFor(node, target.sinceMs, check.editedAtMs);
    if (forMs <= roundMs * (threshold + 1) + timeoutMs + WRITING_MS || statusOf(found) === target.status) return;
    fail(`${node.name}/${check.checkId}`, found, target.health, forMs);
  };

  const inspectNode = (node: UserNode, found: string | undefined): void => {
    const target = world.targets.at(nodeHost(node.name));
    const expected = target.health === 'passing' ? 'passing' : 'critical';
    const forMs = steadyFor(node, target.sinceMs);
    if (forMs <= nodeProbeIntervalMs + PING_MS + WRITING_MS || found === expected) return;
    fail(`${node.name}/externalNodeHealth`, found, target.health, forMs);
  };

  return {
    sentence: "A target's steady status is in the catalog within interval x (threshold + 1) plus the take-over bound.",
    inspect() {
      if (!world.isCalm) return;
      for (const node of world.users.nodes.values()) {
        const stored = world.checksOf(node.name);
        for (const check of node.checks.values()) inspectCheck(node, check, stored.get(check.checkId)?.Status);
        if (isProbed(node)) inspectNode(node, stored.get('externalNodeHealth')?.Status);
      }
    },
  };
};
