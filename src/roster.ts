/**
 * The nodes of this instance: follows its share, the catalog's nodes and their checks, and keeps running exactly what
 * they say. A plain map of running nodes; what is to be done is machines/rules/reconcile.ts.
 */
import type { CheckKey, CheckRecord, ExternalNode, Share } from '../machines/model.ts';
import { backoffMs } from '../machines/rules/backoff.ts';
import { reconcile, type NodeRecord } from '../machines/rules/reconcile.ts';
import type { Random } from './clock.ts';
import type { Catalog, FailureTimes } from './consul/consul.ts';
import { EsmError } from './errors.ts';
import {
  startNode,
  type KnownFailures,
  type NodeRunSettings,
  type RunningNode,
  type RunningNodeDeps,
} from './running-node.ts';

export interface RosterDeps extends RunningNodeDeps {
  readonly catalog: Pick<Catalog, 'readFailureTimes'>;
  readonly random: Random;
  /** The settings in force. */
  readonly settings: () => NodeRunSettings;
  /** Told when the failure times, without which no node may start, cannot be read. */
  readonly onTrouble: (error: EsmError) => void;
}

export interface Roster {
  setShare(share: Pick<Share, 'nodes' | 'probes'>): void;
  setNodes(nodes: readonly ExternalNode[]): void;
  setChecks(checks: readonly CheckRecord[]): void;
  /** The settings have changed. */
  configure(): void;
  /** Consul is back: what waited for it is tried again now. */
  wake(): void;
  /** Nothing is probed any more; reports under way are still answered. */
  quiet(): void;
  stop(): void;
}

/** Nodes started in one turn of the event loop. */
const STARTS_PER_TURN = 100;

export const createRoster = (deps: RosterDeps): Roster => {
  const { clock, random, catalog, onTrouble } = deps;
  const stopping = new AbortController();
  /** What each running node was last told. */
  const told = new Map<string, NodeRecord>();
  const running = new Map<string, RunningNode>();
  /** Nodes that start as soon as their failure times are read. */
  const adopting = new Set<string>();
  const failures = new Map<string, number>();
  let share: ReadonlySet<string> | undefined;
  let nodes: readonly ExternalNode[] | undefined;
  let checks: ReadonlyMap<string, ReadonlyMap<CheckKey, CheckRecord>> | undefined;
  let wanted: ReadonlyMap<string, NodeRecord> = new Map();
  let isReading = false;
  let failedReads = 0;

  const stopNode = (name: string): void => {
    running.get(name)?.stop();
    running.delete(name);
    told.delete(name);
  };

  const refresh = (): void => {
    if (share === undefined || nodes === undefined || checks === undefined || stopping.signal.aborted) return;
    wanted = wantedNodes(share, nodes, checks);
    const { stop, change, start } = reconcile(told, wanted);
    stop.forEach(stopNode);
    for (const difference of change) {
      const record = wanted.get(difference.node.name);
      if (record !== undefined) told.set(difference.node.name, record);
      running.get(difference.node.name)?.change(difference);
    }
    for (const { node } of start) adopting.add(node.name);
    void adopt();
  };

  /** A node whose actors died starts anew, later each time. */
  const restart = (name: string): void => {
    const attempt = (failures.get(name) ?? 0) + 1;
    failures.set(name, attempt);
    clock.setTimeout(() => {
      stopNode(name);
      clock.setTimeout(refresh, backoffMs(attempt, random()));
    }, 0);
  };

  const begin = (record: NodeRecord, times: FailureTimes): void => {
    const { name } = record.node;
    told.set(name, record);
    running.set(
      name,
      startNode(deps, record, knownFailures(record, times), deps.settings(), () => {
        restart(name);
      }),
    );
  };

  const beginAll = async (names: readonly string[], times: FailureTimes): Promise<void> => {
    for (const [index, name] of names.entries()) {
      if (index % STARTS_PER_TURN === STARTS_PER_TURN - 1)
        await new Promise<void>((resolve) => {
          clock.setTimeout(resolve, 0);
        });
      adopting.delete(name);
      const record = wanted.get(name);
      if (record !== undefined && !running.has(name) && !stopping.signal.aborted) begin(record, times);
    }
  };

  const adopt = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      while (adopting.size > 0 && !stopping.signal.aborted) {
        const names = [...adopting];
        const ids = names.flatMap((name) => [...(wanted.get(name)?.checks.values() ?? [])].map(({ id }) => id));
        const times = await catalog.readFailureTimes(names, ids, stopping.signal);
        failedReads = 0;
        await beginAll(names, times);
      }
    } catch (error) {
      if (!stopping.signal.aborted) readAgain(error);
    } finally {
      isReading = false;
    }
  };

  const readAgain = (error: unknown): void => {
    failedReads += 1;
    onTrouble(error instanceof EsmError ? error : new EsmError('ESM_UNEXPECTED', String(error), { cause: error }));
    clock.setTimeout(() => void adopt(), backoffMs(failedReads, random()));
  };

  return {
    setShare(next) {
      share = new Set([...next.nodes, ...next.probes]);
      refresh();
    },
    setNodes(next) {
      nodes = next;
      refresh();
    },
    setChecks(next) {
      checks = byNode(next);
      refresh();
    },
    configure() {
      for (const node of running.values()) node.configure(deps.settings());
    },
    wake() {
      void adopt();
    },
    quiet() {
      stopping.abort();
      for (const node of running.values()) node.quiet();
    },
    stop() {
      stopping.abort();
      for (const name of [...running.keys()]) stopNode(name);
    },
  };
};

const byNode = (records: readonly CheckRecord[]): ReadonlyMap<string, ReadonlyMap<CheckKey, CheckRecord>> => {
  const nodes = new Map<string, Map<CheckKey, CheckRecord>>();
  for (const record of records) {
    const checks = nodes.get(record.id.node);
    if (checks === undefined) nodes.set(record.id.node, new Map([[record.key, record]]));
    else checks.set(record.key, record);
  }
  return nodes;
};

const NO_CHECKS: ReadonlyMap<CheckKey, CheckRecord> = new Map();

const wantedNodes = (
  share: ReadonlySet<string>,
  nodes: readonly ExternalNode[],
  checks: ReadonlyMap<string, ReadonlyMap<CheckKey, CheckRecord>>,
): ReadonlyMap<string, NodeRecord> =>
  new Map(
    nodes
      .filter(({ name }) => share.has(name))
      .map((node) => [node.name, { node, checks: checks.get(node.name) ?? NO_CHECKS }]),
  );

/** An entry of KV that is older than what it speaks of belongs to a former node or check of that name. */
const knownFailures = ({ node, checks }: NodeRecord, times: FailureTimes): KnownFailures => {
  const failing = times.nodes.get(node.name);
  return {
    failingSinceMs: failing !== undefined && failing.modifyIndex >= node.createIndex ? failing.sinceMs : undefined,
    criticalSinceMs(key) {
      const critical = times.checks.get(key);
      const createIndex = checks.get(key)?.createIndex ?? Infinity;
      return critical !== undefined && critical.modifyIndex >= createIndex ? critical.sinceMs : undefined;
    },
  };
};
