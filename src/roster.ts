/**
 * The nodes of this instance: follows its share, the catalog's nodes and their checks, and keeps running exactly what
 * they say. A plain map of running nodes; what is to be done is machines/rules/reconcile.ts.
 */
import type { AnyActor } from 'xstate';
import type { CheckKey, ExternalNode, Share } from '../machines/model.ts';
import { reconcile, type NodeChange, type NodeRecord } from '../machines/rules/reconcile.ts';
import { wireNodes } from './actors/node.ts';
import { createAdoption, type AdoptionDeps } from './adoption.ts';
import type { CheckNews, FailureTimes } from './consul/consul.ts';
import { pause } from './pause.ts';
import { createRelapses } from './relapses.ts';
import { RunningNode, type NodeRunSettings, type RunningNodeDeps } from './running-node.ts';
import { createWantedNodes } from './wanted-nodes.ts';

export interface RosterDeps extends RunningNodeDeps, AdoptionDeps {
  /** The settings in force. */
  readonly settings: () => NodeRunSettings;
}

export interface Roster {
  setShare(share: Pick<Share, 'nodes' | 'probes'>): void;
  setNodes(nodes: readonly ExternalNode[]): void;
  changeChecks(news: CheckNews): void;
  /** The settings have changed. */
  configure(): void;
  /** The nodes that run, and their checks, as last read. */
  records(): readonly NodeRecord[];
  /** The actor of a node's check, for inspection; without a key the node's. Undefined: it does not run here. */
  actorOf(node: string, check?: CheckKey): AnyActor | undefined;
  /** Consul is back: what waited for it is tried again now. */
  wake(): void;
  /** Nothing is probed any more; reports under way are still answered. */
  quiet(): void;
  stop(): void;
}

/** What a running node was last told. */
interface Told {
  readonly record: NodeRecord;
  /** Of its checks, those that are on their way in and do not run yet. */
  readonly arriving: Set<CheckKey>;
}

/** One for all nodes of which no check is on its way in. */
const NONE = new Set<CheckKey>();

const setOf = (keys: readonly CheckKey[]): Set<CheckKey> => (keys.length === 0 ? NONE : new Set(keys));

const withChecks = ({ node, checks }: NodeRecord, isOne: (key: CheckKey) => boolean): NodeRecord => ({
  node,
  checks: new Map([...checks].filter(([key]) => isOne(key))),
});

/** What of it runs. */
const withoutArriving = ({ record, arriving }: Told): NodeRecord =>
  arriving.size === 0 ? record : withChecks(record, (key) => !arriving.has(key));

export const createRoster = (deps: RosterDeps): Roster => {
  const nodeDeps = { ...deps, nodeChart: wireNodes(deps) };
  const { clock, random } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  const told = new Map<string, Told>();
  const running = new Map<string, RunningNode>();
  /** Nodes that have died and wait to be started anew. */
  const resting = new Set<string>();
  const relapses = createRelapses(clock, random);
  const wanted = createWantedNodes();

  const runningRecord = (name: string): NodeRecord | undefined => {
    const known = told.get(name);
    return known && withoutArriving(known);
  };

  const stopNode = (name: string): void => {
    running.get(name)?.stop();
    running.delete(name);
    told.delete(name);
  };

  const restart = async (name: string): Promise<void> => {
    if (resting.has(name)) return;
    resting.add(name);
    await pause(clock, 0, signal); // the actor that died has not returned yet
    if (signal.aborted) return;
    stopNode(name);
    await pause(clock, relapses.note(name), signal);
    resting.delete(name);
    refresh([name]);
  };

  const start = (record: NodeRecord, failures: FailureTimes): void => {
    const { name } = record.node;
    const known = told.get(name);
    if (known !== undefined) {
      running.get(name)?.add([...record.checks.values()], failures);
      for (const key of record.checks.keys()) known.arriving.delete(key);
      return;
    }
    const onFailure = (): void => void restart(name);
    running.set(name, new RunningNode(nodeDeps, record, failures, deps.settings(), onFailure));
    const all = wanted.get(name) ?? record;
    const arriving = [...all.checks.keys()].filter((key) => !record.checks.has(key));
    told.set(name, { record: all, arriving: setOf(arriving) });
  };

  const startable = (name: string): NodeRecord | undefined => (resting.has(name) ? undefined : wanted.get(name));

  const missing = (name: string): NodeRecord | undefined => {
    const record = startable(name);
    const known = told.get(name);
    if (record === undefined || known === undefined) return record;
    if (known.arriving.size === 0) return undefined;
    const absent = withChecks(record, (key) => known.arriving.has(key));
    return absent.checks.size === 0 ? undefined : absent;
  };

  const adoption = createAdoption(deps, missing, startable, start, signal);

  const change = (difference: NodeChange): void => {
    const { node } = difference;
    const arriving = setOf(running.get(node.name)?.change(difference) ?? []);
    told.set(node.name, { record: wanted.get(node.name) ?? { node, checks: new Map() }, arriving });
    if (arriving.size > 0) adoption.add([node.name]);
  };

  /** What has changed is about these nodes. */
  const refresh = (names: Iterable<string>): void => {
    if (signal.aborted) return;
    const concerned = [...names];
    const among = (record: (name: string) => NodeRecord | undefined): ReadonlyMap<string, NodeRecord> =>
      new Map(
        concerned.flatMap((name) => {
          const known = record(name);
          return known === undefined ? [] : [[name, known]];
        }),
      );
    const {
      stop,
      change: changes,
      start: starts,
    } = reconcile(
      among(runningRecord),
      among((name) => wanted.get(name)),
    );
    stop.forEach(stopNode);
    changes.forEach(change);
    adoption.add(starts.map(({ node }) => node.name));
  };

  return {
    setShare(next) {
      refresh(wanted.setShare(new Set([...next.nodes, ...next.probes])));
    },
    setNodes(next) {
      refresh(wanted.setNodes(next));
    },
    changeChecks(news) {
      refresh(wanted.changeChecks(news));
    },
    configure() {
      for (const node of running.values()) node.configure(deps.settings());
    },
    records: () => [...told.values()].map(withoutArriving),
    actorOf: (node, check) => running.get(node)?.actorOf(check),
    wake() {
      adoption.wake();
    },
    quiet() {
      stopping.abort();
      for (const node of running.values()) node.quiet();
      deps.writer.flush();
    },
    stop() {
      stopping.abort();
      for (const name of [...running.keys()]) stopNode(name);
    },
  };
};
