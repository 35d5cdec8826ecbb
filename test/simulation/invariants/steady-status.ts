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
  const steadyFor = (sinceMs: number, editedAtMs: number): number =>
    world.timeline.nowMs - Math.max(sinceMs, editedAtMs, world.calmFromMs);

  const inspectCheck = (node: UserNode, check: UserCheck, found: string | undefined): void => {
    const target = world.targets.at(checkHost(node.name, check.checkId));
    const { intervalMs, timeoutMs } = check;
    const roundMs = target.health === 'silent' ? Math.ceil(timeoutMs / intervalMs) * intervalMs : intervalMs;
    const forMs = steadyFor(target.sinceMs, Math.max(check.editedAtMs, node.editedAtMs));
    if (forMs <= roundMs * (threshold + 1) + timeoutMs + WRITING_MS || statusOf(found) === target.status) return;
    fail(`${node.name}/${check.checkId}`, found, target.health, forMs);
  };

  const inspectNode = (node: UserNode, found: string | undefined): void => {
    const target = world.targets.at(nodeHost(node.name));
    const expected = target.health === 'passing' ? 'passing' : 'critical';
    const forMs = steadyFor(target.sinceMs, node.editedAtMs);
    if (forMs <= nodeProbeIntervalMs + PING_MS + WRITING_MS || found === expected) return;
    fail(`${node.name}/externalNodeHealth`, found, target.health, forMs);
  };

  return {
    sentence: "A target's steady status is in the catalog within interval x (threshold + 1) plus the take-over bound.",
    inspect() {
      if (!world.isCalm) return;
      for (const node of world.users.nodes.values()) {
        const statuses = world.statusesOf(node.name);
        for (const check of node.checks.values()) inspectCheck(node, check, statuses.get(check.checkId));
        if (isProbed(node)) inspectNode(node, statuses.get('externalNodeHealth'));
      }
    },
  };
};
