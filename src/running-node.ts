/** A node of this instance as it runs: its root actors, its pings, and the checks beneath. */
import type { AnyActor } from 'xstate';
import { isProbed, NODE_CHECK_ID, type CheckKey, type CheckRecord, type ExternalNode } from '../machines/model.ts';
import type { CheckSettings } from '../machines/rules/ledger.ts';
import type { NodeChange, NodeRecord } from '../machines/rules/reconcile.ts';
import { nodeSubject } from '../machines/rules/report.ts';
import type { NodeEntry, NodeSettings } from '../machines/rules/watchbook.ts';
import { pingKey, type NodeChart, type NodeDeps, type NodeRuntime } from './actors/node.ts';
import { NodeRoot } from './actors/node-root.ts';
import { Runs, type RunOwner } from './actors/runs.ts';
import type { FailureTimes } from './consul/consul.ts';
import { RunningChecks, type RunningCheck, type RunningChecksDeps } from './running-checks.ts';

export interface NodeRunSettings extends CheckSettings, NodeSettings {
  readonly nodeProbeIntervalMs: number;
}

export interface RunningNodeDeps extends NodeDeps, RunningChecksDeps {}

/** XState copies an actor's children whenever one is started or stopped: few a root keeps that cheap. */
const MOST_CHECKS_PER_ROOT = 64;

const healthOf = (records: Iterable<CheckRecord>): NodeEntry['status'] => {
  for (const { id, status } of records) {
    if (id.checkId === NODE_CHECK_ID && (status === 'passing' || status === 'critical')) return status;
  }
  return undefined;
};

type StartDeps = RunningNodeDeps & { readonly nodeChart: NodeChart };

/** A node that runs. One object, methods and all, as there are thousands of them. */
export class RunningNode implements RunOwner {
  readonly #deps: StartDeps;
  readonly #onFailure: () => void;
  readonly #runtime: NodeRuntime;
  readonly #checks: RunningChecks;
  /** The first is the node's own. Those beyond it bear checks only; they ping nothing. */
  readonly #roots: [NodeRoot, ...NodeRoot[]];
  #settings: NodeRunSettings;

  /** Starts it. `onFailure`: one of its actors has died; the node is to be stopped and started anew. */
  constructor(
    deps: StartDeps,
    record: NodeRecord,
    failures: FailureTimes,
    settings: NodeRunSettings,
    onFailure: () => void,
  ) {
    this.#deps = deps;
    this.#onFailure = onFailure;
    this.#settings = settings;
    const { node } = record;
    const running = new Map<CheckKey, RunningCheck>();
    const { nodeProbeIntervalMs } = settings;
    this.#runtime = { node, nodeProbeIntervalMs, pings: undefined, checks: running, lastEvent: undefined };
    deps.nodeChart.runtimes.set(node.name, this.#runtime);
    const status = healthOf(record.checks.values());
    this.#roots = [this.#startRoot(isProbed(node), status, failures.nodes.get(node.name)?.sinceMs)];
    this.#checks = new RunningChecks(deps, running, () => this.#rootWithRoom(), settings);
    this.add([...record.checks.values()], failures);
    this.#keepPinging();
  }

  /** Tells the checks that do not run yet and are to be: they may be added once it is read since when they have failed. */
  change(change: NodeChange): readonly CheckKey[] {
    if (change.isNodeChanged) this.#moveTo(change.node);
    this.#changeHealth(change);
    this.#checks.remove(change.removed);
    return this.#checks.change([...change.changed, ...change.added]);
  }

  add(checks: readonly CheckRecord[], failures: FailureTimes): void {
    this.#checks.add(checks, (check) => failures.checks.get(check)?.sinceMs);
  }

  configure(settings: NodeRunSettings): void {
    const { nodeProbeIntervalMs } = settings;
    if (nodeProbeIntervalMs !== this.#settings.nodeProbeIntervalMs)
      this.#deps.schedule.setInterval(this.#pingKey, nodeProbeIntervalMs);
    this.#settings = settings;
    this.#runtime.nodeProbeIntervalMs = nodeProbeIntervalMs;
    this.#roots[0].tell({ type: 'settings.changed', settings, atMs: this.#deps.clock.now() });
    this.#checks.configure(settings);
  }

  /** It is due to be pinged. */
  onDue(): void {
    this.#roots[0].tick();
  }

  /** The actor of one of its checks, for inspection; without a key the node's. Undefined: no such check runs. */
  actorOf(check?: CheckKey): AnyActor | undefined {
    return check === undefined ? this.#roots[0].actorOf() : this.#checks.actorOf(check);
  }

  /** Asks nothing any more; answers to reports still reach the charts. */
  quiet(): void {
    this.#runtime.pings?.stop();
    this.#checks.quiet();
  }

  /** What is owed of the node and its checks is not written any more: whoever takes them up next says what is true. */
  stop(): void {
    const { nodeChart, writer, coordinates } = this.#deps;
    this.#runtime.pings?.stop();
    for (const root of this.#roots) root.stop();
    this.#checks.stop();
    nodeChart.runtimes.delete(this.#name);
    writer.withdraw(nodeSubject(this.#name));
    coordinates?.forget(this.#name);
  }

  get #name(): string {
    return this.#runtime.node.name;
  }

  get #pingKey(): string {
    return pingKey(this.#name);
  }

  #startRoot(isPinged: boolean, status: NodeEntry['status'], failingSinceMs: number | undefined): NodeRoot {
    const { name, partition } = this.#runtime.node;
    const entry: NodeEntry = {
      name,
      partition,
      isProbed: isPinged,
      status,
      failingSinceMs,
      settings: this.#settings,
      incarnation: this.#deps.newId(),
      startedAtMs: this.#deps.clock.now(),
    };
    return new NodeRoot(this.#deps, this.#runtime, entry, this.#onFailure);
  }

  #rootWithRoom(): NodeRoot {
    const last = this.#roots.at(-1);
    if (last !== undefined && last.size < MOST_CHECKS_PER_ROOT) return last;
    const root = this.#startRoot(false, undefined, undefined);
    this.#roots.push(root);
    return root;
  }

  #keepPinging(): void {
    const runtime = this.#runtime;
    if (!isProbed(runtime.node)) {
      runtime.pings?.stop();
      runtime.pings = undefined;
    } else {
      runtime.pings ??= new Runs(this.#deps.schedule, this.#pingKey, this.#settings.nodeProbeIntervalMs, this);
    }
  }

  #moveTo(node: ExternalNode): void {
    this.#runtime.node = node;
    this.#runtime.pings?.abort();
    this.#roots[0].tell({ type: 'node.updated', isProbed: isProbed(node), atMs: this.#deps.clock.now() });
    this.#keepPinging();
  }

  #changeHealth({ added, changed, removed }: NodeChange): void {
    const isOwn = (id: string): boolean => id.split('\0').at(-1) === NODE_CHECK_ID;
    const known = [...added, ...changed].filter(({ id }) => id.checkId === NODE_CHECK_ID);
    if (known.length === 0 && !removed.some(isOwn)) return;
    this.#roots[0].tell({ type: 'health.changed', status: healthOf(known), atMs: this.#deps.clock.now() });
  }
}
