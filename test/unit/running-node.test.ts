// Targets are stand-ins (test/support/roster.ts): only they answer, hang and fall silent at a given millisecond.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CheckRecord, ExternalNode } from '../../machines/model.ts';
import type { NodeChange } from '../../machines/rules/reconcile.ts';
import { wireNodes, type NodeChart } from '../../src/actors/node.ts';
import { RunningNode } from '../../src/running-node.ts';
import { aCheck, aNode, aProbedNode, NO_FAILURES, SETTINGS, startRoster, type Rig } from '../support/roster.ts';

let rig: Rig;
let running: RunningNode | undefined;
let nodeChart: NodeChart;
const forgotten: string[] = [];
const observed: string[] = [];

beforeEach(() => {
  forgotten.length = 0;
  observed.length = 0;
  rig = startRoster({
    coordinates: {
      observe: ({ name }, rttMs) => observed.push(`${name} ${rttMs}`),
      forget: (name) => forgotten.push(name),
      stop: () => undefined,
    },
  });
  nodeChart = wireNodes(rig.deps);
});

afterEach(() => {
  running?.stop();
  expect(nodeChart.runtimes.size).toBe(0);
  rig[Symbol.dispose]();
  expect(rig.clock.pending).toBe(0);
});

const start = (node: ExternalNode, checks: readonly CheckRecord[] = []): RunningNode => {
  const record = { node, checks: new Map(checks.map((check) => [check.key, check])) };
  running = new RunningNode({ ...rig.deps, nodeChart }, record, NO_FAILURES, SETTINGS, () =>
    expect.unreachable('a chart died'),
  );
  return running;
};

const changeOf = (node: ExternalNode, more: Partial<NodeChange>): NodeChange => ({
  ...{ node, isNodeChanged: false, added: [], changed: [], removed: [] },
  ...more,
});

const health = (status: string, more: Partial<CheckRecord> = {}): CheckRecord => {
  const { id, key } = { ...aCheck('a', 'externalNodeHealth') };
  return { ...aCheck('a', 'externalNodeHealth'), id: { ...id, serviceId: '' }, key, status, ...more };
};

const reports = (): unknown[] =>
  rig.committed.flatMap(({ operations }) =>
    operations.flatMap((operation) => (operation.type === 'node.report' ? [operation.status] : [])),
  );

it('pings at once and then every interval, and tells each round trip', async () => {
  start(aProbedNode('a'));
  await rig.clock.advance(50_000);
  expect(rig.pinged.length).toBeGreaterThanOrEqual(5);
  expect(rig.pinged.length).toBeLessThanOrEqual(7);
  expect(observed).toEqual(rig.pinged.map(() => 'a 1'));
});

it('does not ping what asks for no probe, and begins and ends with the meta', async () => {
  const node = start(aNode('a'));
  await rig.clock.advance(30_000);
  expect(rig.pinged).toEqual([]);
  node.change(changeOf(aProbedNode('a'), { isNodeChanged: true }));
  await rig.clock.advance(0);
  expect(rig.pinged).toHaveLength(1);
  node.change(changeOf(aNode('a'), { isNodeChanged: true }));
  await rig.clock.advance(30_000);
  expect(rig.pinged).toHaveLength(1);
});

it('leaves a ping to an address that is out of date, and asks the new one from the next tick on', async () => {
  rig.targets.set('old', 'hang');
  const node = start(aProbedNode('a', { address: 'old' }));
  await rig.clock.advance(0);
  node.change(changeOf(aProbedNode('a', { address: 'new' }), { isNodeChanged: true }));
  await rig.clock.advance(10_000);
  expect(rig.pinged[0]).toBe('old');
  expect(new Set(rig.pinged.slice(1))).toEqual(new Set(['new']));
  expect(reports()).toEqual(['passing']);
});

it('waits with a ping for the one that hangs: they never overlap', async () => {
  rig.targets.set('a.example', 'hang');
  start(aProbedNode('a'));
  await rig.clock.advance(60_000);
  expect(rig.pinged).toEqual(['a.example']);
});

it('reports only what the catalog does not say already', async () => {
  start(aProbedNode('a'), [health('passing')]);
  await rig.clock.advance(30_000);
  expect(reports()).toEqual([]);
});

it.each([
  ['changed by somebody', { changed: [health('critical')] }],
  ['added by somebody', { added: [health('critical')] }],
  ['removed by somebody', { removed: [health('passing').key] }],
])('writes externalNodeHealth again when it was %s', async (_, change) => {
  const node = start(aProbedNode('a'), [health('passing')]);
  await rig.clock.advance(0);
  node.change(changeOf(aProbedNode('a'), change));
  await rig.clock.advance(10_000);
  expect(reports()).toEqual(['passing']);
});

it('says so when the node falls silent and when it answers again', async () => {
  start(aProbedNode('a'));
  await rig.clock.advance(10_000);
  rig.targets.set('a.example', 'critical');
  await rig.clock.advance(10_000);
  rig.targets.clear();
  await rig.clock.advance(10_000);
  expect(reports()).toEqual(['passing', 'critical', 'passing']);
  expect(rig.log.messages('INFO')).toEqual(["Node 'a' is now unreachable", "Node 'a' is now reachable"]);
});

it('takes another probe interval over at once', async () => {
  const node = start(aProbedNode('a'));
  await rig.clock.advance(20_000);
  rig.pinged.length = 0;
  node.configure({ ...SETTINGS, nodeProbeIntervalMs: 1_000 });
  await rig.clock.advance(10_000);
  expect(rig.pinged.length).toBeGreaterThanOrEqual(9);
});

it('pings nothing once quiet, nor once stopped, and its coordinate is forgotten', async () => {
  rig.targets.set('a1:1', 'hang');
  const node = start(aProbedNode('a'), [aCheck('a', 'a1')]);
  await rig.clock.advance(0);
  node.quiet();
  await rig.clock.advance(60_000);
  expect([rig.pinged.length, rig.probed.length]).toEqual([1, 1]);
  expect(forgotten).toEqual([]);
  node.stop();
  expect(forgotten).toEqual(['a']);
});

it('is pinged at every tick and not told what changes nothing, unless somebody watches', async () => {
  start(aProbedNode('a'));
  await rig.clock.advance(10_000);
  const actor = running?.actorOf();
  const events: string[] = [];
  actor?.system.inspect((inspected) => {
    if (inspected.type === '@xstate.event' && inspected.actorRef === actor) events.push(inspected.event.type);
  });
  const before = rig.pinged.length;
  await rig.clock.advance(30_000);
  expect([rig.pinged.length - before, events]).toEqual([3, []]);
  rig.followed.add(actor);
  await rig.clock.advance(10_000);
  expect(events).toEqual(['node.due', 'node.pinged']);
});
