/**
 * A roster with all that runs beneath it, on a virtual clock: real charts, schedule and writer. Consul and the targets are
 * stand-ins: only they can answer at a given millisecond, hang, or fail at a given moment.
 */
import { once } from 'node:events';
import {
  checkKey,
  type CheckId,
  type CheckRecord,
  type CheckStatus,
  type ExternalNode,
  type Write,
} from '../../machines/model.ts';
import { createComplaints } from '../../src/actors/complaints.ts';
import { createWriter } from '../../src/actors/writer.ts';
import type { FailureTimes } from '../../src/consul/consul.ts';
import { EsmError } from '../../src/errors.ts';
import type { PingOutcome } from '../../src/probes/ping.ts';
import type { ProbeOutcome } from '../../src/probes/probe.ts';
import { createRoster, type Roster, type RosterDeps } from '../../src/roster.ts';
import type { RunSignal } from '../../src/run-signal.ts';
import type { NodeRunSettings } from '../../src/running-node.ts';
import { createSchedule } from '../../src/schedule.ts';
import { startChildChart } from './child-chart.ts';
import { createRecordedLog, type RecordedLog } from './recorded-log.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const SETTINGS: NodeRunSettings = {
  thresholds: { passing: 0, critical: 0 },
  checkUpdateIntervalMs: 300_000,
  nodeReconnectTimeoutMs: 72 * 3_600_000,
  nodeHealthRefreshIntervalMs: 3_600_000,
  nodeProbeIntervalMs: 10_000,
};

export const NO_FAILURES: FailureTimes = { nodes: new Map(), checks: new Map() };

export const aNode = (name: string, more: Partial<ExternalNode> = {}): ExternalNode => ({
  name,
  partition: '',
  address: `${name}.example`,
  meta: { 'external-node': 'true' },
  createIndex: 10,
  modifyIndex: 10,
  ...more,
});

/** A node that is to be pinged. */
export const aProbedNode = (name: string, more: Partial<ExternalNode> = {}): ExternalNode =>
  aNode(name, { meta: { 'external-node': 'true', 'external-probe': 'true' }, ...more });

/** A TCP check on `<check id>:1`, every 10 s, that is passing in the catalog. */
export const aCheck = (node: string, checkId: string, more: Partial<CheckRecord> = {}): CheckRecord => {
  const id = { partition: '', namespace: '', node, serviceId: 'web', checkId };
  return {
    id,
    key: checkKey(id),
    name: checkId,
    status: 'passing',
    output: 'ok',
    notes: '',
    serviceName: 'web',
    serviceTags: [],
    definition: { TCP: `${checkId}:1`, Interval: '10s', Timeout: '1s' },
    createIndex: 11,
    modifyIndex: 11,
    ...more,
  };
};

export interface Rig extends Disposable {
  readonly clock: VirtualClock;
  readonly log: RecordedLog;
  readonly roster: Roster;
  readonly deps: RosterDeps;
  /** Addresses that were probed and pinged, oldest first. */
  readonly probed: string[];
  readonly pinged: string[];
  /** Which nodes' failure times were read, one entry a read. */
  readonly reads: string[][];
  /** Actors that somebody watches. */
  readonly followed: Set<unknown>;
  readonly troubles: EsmError[];
  /** All writes that took effect, oldest first. */
  readonly committed: Write[];
  /** What ids were made for: one for each root actor and each check. */
  readonly ids: () => number;
  /** The answer of a target by address; `hang` until aborted; passing and reachable unless told. */
  readonly targets: Map<string, CheckStatus | 'hang'>;
  settings: NodeRunSettings;
  times: FailureTimes;
  /** Consul fails all reads and writes. */
  isConsulDown: boolean;
  /** Consul takes what it is asked to read, and never answers. */
  isConsulHole: boolean;
  /** The writer throws at a write of this subject, as a port with a mistake in it does. */
  faultySubject: string | undefined;
  /** Consul is back, and everyone knows. */
  readonly restore: () => void;
  /** Tells the roster that these are all checks. */
  readonly setChecks: (checks: readonly CheckRecord[]) => void;
  /** Tells the roster all three of share, nodes and checks. */
  readonly tell: (nodes: readonly ExternalNode[], checks?: readonly CheckRecord[]) => void;
}

/** Of what was asked about, and of nothing else. */
const timesOf = (nodes: readonly string[], checks: readonly CheckId[], times: FailureTimes): FailureTimes => {
  const keys = new Set<string>(checks.map(checkKey));
  return {
    nodes: new Map([...times.nodes].filter(([name]) => nodes.includes(name))),
    checks: new Map([...times.checks].filter(([key]) => keys.has(key))),
  };
};

const DOWN = new EsmError('ESM_CONSUL_UNAVAILABLE', 'connection refused');

const untilAborted = (signal: RunSignal): Promise<{ readonly type: 'aborted' }> =>
  new Promise((resolve) => {
    signal.onAbort = () => {
      resolve({ type: 'aborted' });
    };
  });

export function startRoster(more: Partial<RosterDeps> = {}): Rig {
  const clock = createVirtualClock(1_000_000);
  const log = createRecordedLog();
  const random = (): number => 0;
  const followed = new Set<unknown>();
  let ids = 0;

  const desk = createWriter({
    committer: {
      commit: (writes) => {
        if (!rig.isConsulDown) rig.committed.push(...writes);
        return Promise.resolve(
          writes.map(({ id }) => (rig.isConsulDown ? { id, type: 'owed', reason: 'down' } : { id, type: 'committed' })),
        );
      },
    },
    clock,
    random,
    actor: () => writer.actor,
  });
  const writer = startChildChart(desk.logic, { batchFlushIntervalMs: 0 }, { clock });

  const probe = (address: string, signal: RunSignal): Promise<ProbeOutcome> => {
    rig.probed.push(address);
    const status = rig.targets.get(address) ?? 'passing';
    if (status === 'hang') return untilAborted(signal);
    return Promise.resolve({ type: 'measured', status, output: `it is ${status}` });
  };
  const ping = (address: string, signal: RunSignal): Promise<PingOutcome> => {
    rig.pinged.push(address);
    const status = rig.targets.get(address) ?? 'passing';
    if (status === 'hang') return untilAborted(signal);
    return Promise.resolve(
      status === 'passing' ? { type: 'answered', rttMs: 1 } : { type: 'silent', detail: 'timeout' },
    );
  };

  const deps: RosterDeps = {
    catalog: {
      readFailureTimes: async (nodes, checks, signal) => {
        rig.reads.push([...nodes]);
        if (rig.isConsulDown) throw DOWN;
        if (rig.isConsulHole) await once(signal, 'abort');
        signal.throwIfAborted();
        return timesOf(nodes, checks, rig.times);
      },
    },
    schedule: createSchedule({ clock, random, maxConcurrent: 5_000 }),
    prober: {
      run: (definition, _timeoutMs, signal) =>
        probe(definition.type === 'tcp' ? definition.address : definition.type, signal),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    pinger: {
      ping: ({ address }, _timeoutMs, signal) => ping(address, signal),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    writer: {
      ...desk,
      submit(write, onAnswer) {
        if (write.subject === rig.faultySubject) throw new Error('a faulty port');
        desk.submit(write, onAnswer);
      },
    },
    complaints: createComplaints(log, clock),
    followed,
    clock,
    random,
    log,
    newId: () => `life${++ids}`,
    readServicePort: undefined,
    coordinates: undefined,
    settings: () => rig.settings,
    onTrouble: (error) => rig.troubles.push(error),
    ...more,
  };
  const roster = createRoster(deps);
  const rig: Rig = {
    ...{ clock, log, roster, deps, followed, ids: () => ids },
    ...{ probed: [], pinged: [], reads: [], troubles: [], committed: [], targets: new Map() },
    settings: SETTINGS,
    times: NO_FAILURES,
    isConsulDown: false,
    isConsulHole: false,
    faultySubject: undefined,
    restore() {
      rig.isConsulDown = false;
      rig.isConsulHole = false;
      writer.actor.send({ type: 'consul.reachable' });
      roster.wake();
    },
    setChecks(checks) {
      roster.changeChecks({ isWhole: true, changed: checks, gone: [] });
    },
    tell(nodes, checks = []) {
      roster.setShare({ nodes: nodes.map(({ name }) => name), probes: [] });
      roster.setNodes(nodes);
      rig.setChecks(checks);
    },
    [Symbol.dispose]() {
      roster.stop();
      deps.schedule.stop();
      writer.stop();
    },
  };
  return rig;
}
