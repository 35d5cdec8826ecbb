/** A node of this instance as it runs: its root actors, its pings, and the checks beneath. */
import type { AnyActor } from 'xstate';
import { isProbed, NODE_CHECK_ID, type CheckKey, type CheckRecord, type ExternalNode } from '../machines/model.ts';
import type { CheckSettings } from '../machines/rules/ledger.ts';
import type { NodeChange, NodeRecord } from '../machines/rules/reconcile.ts';
import { nodeSubject } from '../machines/rules/report.ts';
import type { NodeEntry, NodeSettings } from '../machines/rules/watchbook.ts';
import { pingKey, type NodeChart, type NodeDeps, type NodeRuntime } from './actors/node.ts';
import { startNodeRoot, type NodeRoot } from './actors/node-root.ts';
import { Runs } from './actors/runs.ts';
import type { FailureTimes } from './consul/consul.ts';
import { createRunningChecks, type RunningChecksDeps } from './running-checks.ts';

export interface NodeRunSettings extends CheckSettings, NodeSettings {
  readonly nodeProbeIntervalMs: number;
}

export interface RunningNodeDeps extends NodeDeps, RunningChecksDeps {}

export interface RunningNode {
  /** Tells the checks that do not run yet and are to be: they may be added once it is read since when they have failed. */
  change(change: NodeChange): readonly CheckKey[];
  add(checks: readonly CheckRecord[], failures: FailureTimes): void;
  configure(settings: NodeRunSettings): void;
  /** The actor of one of its checks, for inspection; without a key the node's. Undefined: no such check runs. */
  actorOf(key?: CheckKey): AnyActor | undefined;
  /** Asks nothing any more; answers to reports still reach the charts. */
  quiet(): void;
  /** What is owed of the node and its checks is not written any more: whoever takes them up next says what is true. */
  stop(): void;
}

/** XState copies an actor's children whenever one is started or stopped: few a root keeps that cheap. */
const MOST_CHECKS_PER_ROOT = 64;

const healthOf = (records: Iterable<CheckRecord>): NodeEntry['status'] => {
  for (const { id, status } of records) {
    if (id.checkId === NODE_CHECK_ID && (status === 'passing' || status === 'critical')) return status;
  }
  return undefined;
};

/** Starts a node. `onFailure`: one of its actors has died; the node is to be stopped and started anew. */
export const startNode = (
  deps: RunningNodeDeps & { readonly nodeChart: NodeChart },
  record: NodeRecord,
  failures: FailureTimes,
  initialSettings: NodeRunSettings,
  onFailure: () => void,
): RunningNode => {
  const { schedule, clock, nodeChart } = deps;
  const { name, partition } = record.node;
  const key = pingKey(name);
  const runtime: NodeRuntime = {
    node: record.node,
    nodeProbeIntervalMs: initialSettings.nodeProbeIntervalMs,
    pings: undefined,
    checks: new Map(),
    lastEvent: undefined,
  };
  nodeChart.runtimes.set(name, runtime);
  // What the functions below refer to lives as long as the node: not `record`, whose checks are soon out of date.
  const status = healthOf(record.checks.values());
  const failingSinceMs = failures.nodes.get(name)?.sinceMs;
  let settings = initialSettings;

  const startRoot = (isPinged: boolean): NodeRoot => {
    const entry: NodeEntry = {
      name,
      partition,
      isProbed: isPinged,
      status,
      failingSinceMs,
      settings,
      incarnation: deps.newId(),
      startedAtMs: clock.now(),
    };
    return startNodeRoot(deps, runtime, entry, onFailure);
  };

  const nodeRoot = startRoot(isProbed(record.node));
  const roots = [nodeRoot];
  /** Roots beyond the first bear checks only; they ping nothing. */
  const rootWithRoom = (): NodeRoot => {
    const last = roots.at(-1);
    if (last !== undefined && last.size() < MOST_CHECKS_PER_ROOT) return last;
    const root = startRoot(false);
    roots.push(root);
    return root;
  };
  const checks = createRunningChecks(deps, runtime.checks, rootWithRoom, settings);

  const keepPinging = (): void => {
    if (!isProbed(runtime.node)) {
      runtime.pings?.stop();
      runtime.pings = undefined;
    } else {
      runtime.pings ??= new Runs(schedule, key, settings.nodeProbeIntervalMs, () => {
        nodeRoot.tick();
      });
    }
  };

  const moveTo = (node: ExternalNode): void => {
    runtime.node = node;
    runtime.pings?.abort();
    nodeRoot.tell({ type: 'node.updated', isProbed: isProbed(node), atMs: clock.now() });
    keepPinging();
  };

  const changeHealth = ({ added, changed, removed }: NodeChange): void => {
    const isOwn = (id: string): boolean => id.split('\0').at(-1) === NODE_CHECK_ID;
    const known = [...added, ...changed].filter(({ id }) => id.checkId === NODE_CHECK_ID);
    if (known.length === 0 && !removed.some(isOwn)) return;
    nodeRoot.tell({ type: 'health.changed', status: healthOf(known), atMs: clock.now() });
  };

  const add = (records: readonly CheckRecord[], times: FailureTimes): void => {
    checks.add(records, (check) => times.checks.get(check)?.sinceMs);
  };

  add([...record.checks.values()], failures);
  keepPinging();
  return {
    change(change) {
      if (change.isNodeChanged) moveTo(change.node);
      changeHealth(change);
      checks.remove(change.removed);
      return checks.change([...change.changed, ...change.added]);
    },
    add,
    configure(next) {
      if (next.nodeProbeIntervalMs !== settings.nodeProbeIntervalMs)
        schedule.setInterval(key, next.nodeProbeIntervalMs);
      settings = next;
      runtime.nodeProbeIntervalMs = next.nodeProbeIntervalMs;
      nodeRoot.tell({ type: 'settings.changed', settings, atMs: clock.now() });
      checks.configure(settings);
    },
    actorOf: (check) => (check === undefined ? nodeRoot.actorOf() : checks.actorOf(check)),
    quiet() {
      runtime.pings?.stop();
      checks.quiet();
    },
    stop() {
      runtime.pings?.stop();
      for (const root of roots) root.stop();
      checks.stop();
      nodeChart.runtimes.delete(name);
      deps.writer.withdraw(nodeSubject(name));
      deps.coordinates?.forget(name);
    },
  };
};
