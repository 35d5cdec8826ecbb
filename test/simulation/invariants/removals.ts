/** No service or node is removed before its time, and each is removed within 1 s after it in calm. */
import type { Exchange } from '../world/consul-server.ts';
import { changesOf, isDone, type Operation } from '../world/transaction.ts';
import { checkHost, isProbed, nodeHost, type UserCheck, type UserNode } from '../world/users.ts';
import type { Target } from '../world/targets.ts';
import type { World } from '../world/world.ts';
import { createFailures, type SinceMs } from './failures.ts';
import { type Invariant, Violation } from './invariant.ts';

/** Within 1 s of being due, on top of the probe that must fail first. */
const REMOVAL_MS = 1_000;
/** Between two looks. */
const LOOK_MS = 1_000;
const LONGEST_PING_MS = 5_000;
/** Until a removal is sent that rests on a list written anew. */
const LIST_NEWS_MS = 100;

interface Probing {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

const seconds = (ms: number): string => `${ms / 1000} s`;

export const removals = (world: World): Invariant => {
  const { nodeReconnectTimeoutMs = 0, nodeProbeIntervalMs = 10_000 } = world.settings;
  const pings = { intervalMs: nodeProbeIntervalMs, timeoutMs: Math.min(LONGEST_PING_MS, nodeProbeIntervalMs) };
  /** What is due when a transaction is asked for. */
  let due = new Map<string, number>();
  /** When the removal of each node, or of a service of it, last met a list that the leader had just written. */
  const fencedMs = new Map<string, number>();

  /** The node that the operation removes, or whose service it removes; undefined: none that a user knows. */
  const removedBy = ({ Node, Service }: Operation): UserNode | undefined =>
    world.users.nodes.get(Node?.Node.Node ?? Service?.Node ?? '');

  const failures = createFailures(world);

  const nodeDueMs = (node: string, sinceMs: SinceMs): number | undefined => {
    const since = sinceMs(`probes/${node}`, world.createIndexOf(node) ?? Infinity);
    return since === undefined ? undefined : since + nodeReconnectTimeoutMs;
  };

  const checkDueMs = (
    node: string,
    { checkId, serviceId, deregisterAfterMs }: UserCheck,
    sinceMs: SinceMs,
  ): number | undefined => {
    if (deregisterAfterMs === undefined) return undefined;
    const stored = world.checksOf(node).get(checkId);
    if (stored === undefined || stored.Status === 'passing' || stored.Status === 'warning') return undefined;
    const since = sinceMs(`critical/${node}/${serviceId}/${checkId}`, stored.CreateIndex);
    return since === undefined ? undefined : since + deregisterAfterMs;
  };

  /** Was it asked by that instance at or after `dueMs`, and did that fail? */
  const hasFailedSince = (target: Target, by: string, dueMs: number): boolean =>
    (target.failedSentMs.get(by) ?? -Infinity) >= dueMs;

  const judgeNode = ({ from: by, sentAtMs }: Exchange, node: string): void => {
    const dueMs = due.get(node);
    const inMs = (dueMs ?? Infinity) - world.timeline.nowMs;
    if (dueMs === undefined || inMs > 0) throw new Violation(`${by} removes node ${node} ${seconds(inMs)} too early`);
    const target = world.targets.at(nodeHost(node));
    const wellMs = target.wellMs.get(by) ?? -Infinity;
    const answeredMs = sentAtMs - wellMs;
    const isKnown = wellMs > (world.fleet.find(({ name }) => name === by)?.startedAtMs ?? Infinity);
    if (isKnown && answeredMs > 0 && answeredMs < nodeReconnectTimeoutMs)
      throw new Violation(`${by} removes node ${node}, which answered it ${seconds(answeredMs)} ago`);
    if (!hasFailedSince(target, by, dueMs))
      throw new Violation(`${by} removes node ${node} without a failed ping after it was due`);
  };

  const judgeService = (by: string, node: UserNode, serviceId: string): void => {
    const isFair = [...node.checks.values()].some((check) => {
      const dueMs = due.get(`${node.name}/${check.checkId}`);
      if (check.serviceId !== serviceId || dueMs === undefined || dueMs > world.timeline.nowMs) return false;
      return hasFailedSince(world.targets.at(checkHost(node.name, check.checkId)), by, dueMs);
    });
    if (!isFair) throw new Violation(`${by} removes service ${node.name}/${serviceId}, of which no check is due`);
  };

  /** A failed fence may not be dropped: what it stopped is asked about again in its turn. */
  const noteFenced = ({ request }: Exchange): void => {
    const { timeline, ownership } = world;
    for (const { name } of changesOf(request).flatMap((operation) => removedBy(operation) ?? []))
      if (timeline.nowMs - ownership.writtenMs(name) <= LIST_NEWS_MS) fencedMs.set(name, timeline.nowMs);
  };

  const requireRemoved = (
    { name, editedAtMs }: Pick<UserNode, 'name' | 'editedAtMs'>,
    what: string,
    whenDue: () => number | undefined,
    target: Target,
    probing: Probing,
  ): void => {
    const dueMs = target.status === 'critical' ? whenDue() : undefined;
    if (dueMs === undefined) return;
    const retriedMs = (fencedMs.get(name) ?? -Infinity) + probing.intervalMs;
    const changedMs = Math.max(target.sinceMs, editedAtMs, world.ownership.sinceMs(name));
    // What asked while the target was silent waits for its time-out, whatever the target does now.
    const waitedMs = target.silentUntilMs + probing.timeoutMs;
    const lateMs = world.timeline.nowMs - Math.max(dueMs, world.calmFromMs, changedMs, retriedMs, waitedMs);
    // One probe may be under way when it is due, and another must fail; one that just answered is asked again in its turn.
    const probeMs = target.health === 'silent' ? 2 * probing.timeoutMs : 0;
    const turnMs = target.sinceMs > dueMs ? probing.intervalMs : 0;
    const grantedMs = REMOVAL_MS + LOOK_MS + probeMs + turnMs;
    if (lateMs > grantedMs) throw new Violation(`${what} is still there ${seconds(lateMs)} after it was due`);
  };

  return {
    sentence: 'No service or node is removed before its time, and each within 1 s after it in calm.',
    beforeWrite(_, request) {
      failures.beforeWrite(request);
      due = new Map();
      for (const node of changesOf(request).flatMap((operation) => removedBy(operation) ?? [])) {
        const nodeDue = nodeDueMs(node.name, failures.firstMs);
        if (nodeDue !== undefined) due.set(node.name, nodeDue);
        for (const check of node.checks.values()) {
          const checkDue = checkDueMs(node.name, check, failures.firstMs);
          if (checkDue !== undefined) due.set(`${node.name}/${check.checkId}`, checkDue);
        }
      }
    },
    afterWrite(exchange) {
      if (!isDone(exchange)) {
        noteFenced(exchange);
        return;
      }
      failures.afterWrite(exchange.request);
      for (const operation of changesOf(exchange.request)) {
        const [node, { Service }] = [removedBy(operation), operation];
        if (node === undefined) continue;
        if (Service !== undefined) {
          judgeService(exchange.from, node, Service.Service.ID);
          world.users.forgetService(node.name, Service.Service.ID);
        } else {
          judgeNode(exchange, node.name);
          world.users.forgetNode(node.name);
        }
      }
    },
    inspect() {
      if (!world.isCalm) return;
      for (const node of world.users.nodes.values()) {
        const target = world.targets.at(nodeHost(node.name));
        if (isProbed(node))
          requireRemoved(node, `node ${node.name}`, () => nodeDueMs(node.name, failures.toldMs), target, pings);
        for (const check of node.checks.values()) {
          if (check.serviceId === '') continue;
          const asked = world.targets.at(checkHost(node.name, check.checkId));
          const edited = { name: node.name, editedAtMs: Math.max(node.editedAtMs, check.editedAtMs) };
          const whenDue = (): number | undefined => checkDueMs(node.name, check, failures.toldMs);
          requireRemoved(edited, `service ${node.name}/${check.serviceId}`, whenDue, asked, check);
        }
      }
    },
  };
};
