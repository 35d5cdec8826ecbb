import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  assignmentMachine,
  type AssignmentActors,
  type FleetNews,
  type Survey,
  type WriteListsInput,
} from '../../machines/assignment.ts';
import type { ExternalNode } from '../../machines/model.ts';
import { assignmentLogic } from '../../src/actors/assignment.ts';
import type { Fleet, ShareEntry, Watch, WatchObserver } from '../../src/consul/consul.ts';
import { EsmError } from '../../src/errors.ts';
import { createCoverage } from '../support/chart.ts';
import { startChildChart, type ChildChart } from '../support/child-chart.ts';
import { createCallbackPort, createPromisePort, flush } from '../support/fake-ports.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const DOWN = new EsmError('ESM_CONSUL_UNAVAILABLE', 'refused');
const coverage = createCoverage(assignmentMachine);

const node = (name: string): ExternalNode => ({
  name,
  partition: '',
  address: '192.0.2.1',
  meta: {},
  createIndex: 1,
  modifyIndex: 1,
});

const openPorts = () => ({
  fleet: createCallbackPort<{ readonly type: 'consul.reachable' }, FleetNews>(),
  survey: createPromisePort<Survey>(),
  writeLists: createPromisePort<boolean, WriteListsInput>(),
});

let clock = createVirtualClock();
let ports = openPorts();
let chart: ChildChart<typeof assignmentMachine>;

const start = (): void => {
  const wired = assignmentMachine.provide({
    actors: {
      fleet: ports.fleet.logic,
      survey: ports.survey.logic,
      writeLists: ports.writeLists.logic,
    } satisfies AssignmentActors,
  });
  chart = startChildChart(wired, { serviceId: 'x', session: 's1' }, { clock, inspect: coverage.inspect });
};

beforeEach(() => {
  clock = createVirtualClock();
  ports = openPorts();
});

afterEach(() => {
  chart.stop();
  expect(clock.pending).toBe(0);
  expect(ports.fleet.runs.every(({ isStopped }) => isStopped())).toBe(true);
});

const nodes = (...names: string[]): void => {
  ports.fleet.last().send({ type: 'nodes.changed', nodes: names.map(node) });
};

const instances = (...serviceIds: string[]): void => {
  ports.fleet.last().send({ type: 'instances.changed', serviceIds });
};

/** Answers the survey with these lists of Nodes, and with who is registered under our tag. */
const surveyed = async (
  lists: Readonly<Record<string, readonly string[]>>,
  peers: readonly string[] = [],
): Promise<void> => {
  const known = Object.entries(lists).map(([id, names]) => [id, { nodes: names, probes: [] }] as const);
  const registered = new Map(peers.map((id) => [id, 'peer'] as const));
  ports.survey.last().resolve({ lists: new Map(known), registered, atMs: clock.now() });
  await flush();
};

const written = async (isWritten: boolean): Promise<void> => {
  ports.writeLists.last().resolve(isWritten);
  await flush();
};

const startKnown = (): void => {
  start();
  nodes('a', 'b');
  instances('x', 'y');
};

const startWriting = async (): Promise<void> => {
  startKnown();
  await surveyed({});
};

const startSettled = async (): Promise<void> => {
  startKnown();
  await surveyed({ x: ['a'], y: ['b'] });
};

/** What the surveys below show: each holds a node, both are registered. */
const stillShared = (): Promise<void> => surveyed({ x: ['a'], y: ['b'] }, ['x', 'y']);

/** The lists are as they should be, and one of those that hold them is not healthy. */
const startDoubting = async (): Promise<void> => {
  await startSettled();
  instances('x');
  await stillShared();
};

const state = (): unknown => (chart.state() as { assigning?: unknown }).assigning ?? chart.state(); // safe: read only

describe('gathering', () => {
  it('waits for the nodes, and for itself among the healthy instances', () => {
    start();
    expect(state()).toBe('gathering');
    nodes('a');
    expect(state()).toBe('gathering');
    instances('y');
    expect(state()).toBe('ailing');
    instances('x', 'y');
    expect(state()).toBe('surveying');
  });

  it('waits for the nodes, though the instances are known', () => {
    start();
    instances('x', 'y');
    expect(state()).toBe('gathering');
  });
});

describe('ailing', () => {
  it('goes on after 3 s, for nobody else can, and gives its own nodes away 3 s later', async () => {
    start();
    nodes('a', 'b');
    instances('y');
    await clock.advance(2_999);
    expect(state()).toBe('ailing');
    await clock.advance(1);
    await stillShared();
    expect(state()).toEqual({ settled: 'doubting' });
    await clock.advance(3_000);
    await stillShared();
    expect(ports.writeLists.last().input.changes).toEqual([
      { serviceId: 'y', share: { nodes: ['a', 'b'], probes: [] } },
      { serviceId: 'x', share: { nodes: [], probes: [] } },
    ]);
  });

  it('does everything itself where nobody is healthy', async () => {
    start();
    nodes('a');
    instances();
    await clock.advance(3_000);
    await surveyed({}, ['x']);
    expect(ports.writeLists.last().input.changes).toEqual([{ serviceId: 'x', share: { nodes: ['a'], probes: [] } }]);
  });
});

describe('surveying', () => {
  it('starts from the lists in force and writes the changed ones only, fenced by its session', async () => {
    start();
    nodes('a', 'b', 'c');
    instances('x', 'y');
    await surveyed({ x: ['a'], y: ['b'], gone: ['c'] });
    expect(ports.writeLists.last().input).toEqual({
      session: 's1',
      changes: [
        { serviceId: 'x', share: { nodes: ['a', 'c'], probes: [] } },
        { serviceId: 'gone', share: undefined },
      ],
    });
  });

  it('writes nothing when nothing is to change', async () => {
    await startSettled();
    expect(state()).toEqual({ settled: 'calm' });
    expect(ports.writeLists.calls).toHaveLength(0);
  });

  it('reckons with what changes while it reads', async () => {
    startKnown();
    nodes('a', 'b', 'c');
    await surveyed({ x: ['a'], y: ['b'] });
    expect(ports.writeLists.last().input.changes).toEqual([
      { serviceId: 'x', share: { nodes: ['a', 'c'], probes: [] } },
    ]);
  });

  it('reads again when a list changes while it reads', async () => {
    startKnown();
    ports.fleet.last().send({ type: 'lists.changed' });
    expect(ports.survey.calls).toHaveLength(2);
    expect(ports.survey.calls[0]?.signal.aborted).toBe(true);
    await surveyed({ x: ['a'], y: ['b'] });
    expect(state()).toEqual({ settled: 'calm' });
  });

  it('reads again when Consul is back, for the reads of before may hang', () => {
    startKnown();
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.fleet.last().received).toEqual([{ type: 'consul.reachable' }]);
    expect(ports.survey.calls).toHaveLength(2);
    expect(ports.survey.calls[0]?.signal.aborted).toBe(true);
    expect(state()).toBe('surveying');
  });

  it('gives nobody anything while it is neither healthy nor registered itself', async () => {
    startKnown();
    instances('y');
    await surveyed({ x: ['a'], y: ['b'] }, ['y']);
    expect(state()).toBe('ailing');
    expect(ports.writeLists.calls).toHaveLength(0);
  });

  it('backs off and reads again, at once when Consul is back', async () => {
    startKnown();
    ports.survey.last().reject(DOWN);
    await flush();
    expect(state()).toBe('backingOff');
    expect(chart.told).toContainEqual({ type: 'consul.failed', code: 'ESM_CONSUL_UNAVAILABLE', message: 'refused' });
    await clock.advance(250);
    expect(ports.survey.calls).toHaveLength(2);
    ports.survey.last().reject(DOWN);
    await flush();
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.survey.calls).toHaveLength(3);
    expect(ports.fleet.last().received).toEqual([{ type: 'consul.reachable' }]);
  });
});

describe('writing', () => {
  it('surveys once more after a quarter of a second, for what changed meanwhile', async () => {
    await startWriting();
    nodes('a', 'b', 'c');
    expect(ports.writeLists.calls).toHaveLength(1);
    await written(true);
    expect(state()).toBe('pausing');
    await clock.advance(249);
    expect(ports.survey.calls).toHaveLength(1);
    await clock.advance(1);
    await surveyed({ x: ['a'], y: ['b'] });
    expect(ports.writeLists.calls).toHaveLength(2);
  });

  it('settles when the survey shows that the write took', async () => {
    await startWriting();
    await written(true);
    await clock.advance(250);
    await surveyed({ x: ['a'], y: ['b'] });
    expect(state()).toEqual({ settled: 'calm' });
  });

  it('ends when the fence failed: the lock is lost', async () => {
    await startWriting();
    const told = chart.told.length;
    await written(false);
    expect(chart.state()).toBe('fenced');
    expect(chart.told.slice(told).map(({ type }) => type)).toEqual(['xstate.done.actor.child']);
    expect(ports.fleet.last().isStopped()).toBe(true);
  });

  it('surveys again after a failure, for nobody knows what was written', async () => {
    await startWriting();
    ports.writeLists.last().reject(DOWN);
    await flush();
    expect(state()).toBe('backingOff');
    await clock.advance(250);
    expect(state()).toBe('surveying');
  });

  it('surveys when Consul is back: the write may hang, and may have taken', async () => {
    await startWriting();
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.writeLists.last().signal.aborted).toBe(true);
    expect(ports.fleet.last().received).toEqual([{ type: 'consul.reachable' }]);
    expect(state()).toBe('surveying');
    await surveyed({ x: ['a'], y: ['b'] });
    expect(state()).toEqual({ settled: 'calm' });
    expect(ports.writeLists.calls).toHaveLength(1);
  });

  it('is given up when the leader stops', async () => {
    await startWriting();
    chart.stop();
    expect(ports.writeLists.last().signal.aborted).toBe(true);
  });
});

describe('a request that fails', () => {
  const FAILED = { type: 'consul.failed', code: DOWN.code, message: DOWN.message };
  const failures = (): number => chart.actor.getSnapshot().context.failures;

  it('is told, and the fleet surveyed again, later each time, until a survey is answered', async () => {
    startKnown();
    for (const waitMs of [250, 500]) {
      ports.survey.last().reject(DOWN);
      await flush();
      expect(chart.told.at(-1)).toEqual(FAILED);
      await clock.advance(waitMs - 1);
      expect(state()).toBe('backingOff');
      await clock.advance(1);
      expect(state()).toBe('surveying');
    }
    await surveyed({});
    expect(failures()).toBe(0);
  });

  it('is told when it is a write, until one is answered', async () => {
    await startWriting();
    ports.writeLists.last().reject(DOWN);
    await flush();
    expect(chart.told.at(-1)).toEqual(FAILED);
    expect(failures()).toBe(1);
    await clock.advance(250);
    await surveyed({});
    const told = chart.told.length;
    await written(true);
    expect(chart.told.slice(told)).toEqual([]);
    expect(failures()).toBe(0);
  });
});

describe('settled', () => {
  it.each([
    [
      'the nodes change',
      () => {
        nodes('a');
      },
    ],
    [
      'the instances change',
      () => {
        instances('x');
      },
    ],
    [
      'a list is edited by hand',
      () => {
        ports.fleet.last().send({ type: 'lists.changed' });
      },
    ],
  ])('surveys again when %s', async (_, change) => {
    await startSettled();
    change();
    expect(state()).toBe('surveying');
  });

  it('writes a list anew that was deleted by hand', async () => {
    await startSettled();
    ports.fleet.last().send({ type: 'lists.changed' });
    await surveyed({ x: ['a'] });
    expect(ports.writeLists.last().input.changes).toEqual([{ serviceId: 'y', share: { nodes: ['b'], probes: [] } }]);
  });
});

describe('doubting', () => {
  it('leaves an instance its nodes for 3 s, to the tick, and then gives them away by itself', async () => {
    await startDoubting();
    expect(state()).toEqual({ settled: 'doubting' });
    for (const look of [1_000, 2_000]) {
      await clock.advance(999);
      expect(state()).toEqual({ settled: 'doubting' });
      await clock.advance(1);
      expect(clock.now()).toBe(look);
      await stillShared();
    }
    await clock.advance(999);
    expect(state()).toEqual({ settled: 'doubting' });
    expect(ports.writeLists.calls).toHaveLength(0);
    await clock.advance(1);
    await stillShared();
    expect(ports.writeLists.last().input.changes).toEqual([
      { serviceId: 'x', share: { nodes: ['a', 'b'], probes: [] } },
      { serviceId: 'y', share: { nodes: [], probes: [] } },
    ]);
  });

  it('gives no second grace when the write failed', async () => {
    await startDoubting();
    await clock.advance(3_000);
    await stillShared();
    ports.writeLists.last().reject(DOWN);
    await clock.advance(250);
    await stillShared();
    expect(ports.writeLists.calls).toHaveLength(2);
  });

  it('looks again at the end of the grace when that is nearer than a second', async () => {
    await startDoubting();
    await clock.advance(1_000);
    await clock.advance(1_800);
    await stillShared();
    expect(state()).toEqual({ settled: 'doubting' });
    await clock.advance(199);
    expect(state()).toEqual({ settled: 'doubting' });
    await clock.advance(1);
    expect(state()).toBe('surveying');
  });

  it('is over when the instance passes again', async () => {
    await startDoubting();
    await clock.advance(999);
    instances('x', 'y');
    await stillShared();
    expect(state()).toEqual({ settled: 'calm' });
    expect(clock.pending).toBe(0);
  });

  it('begins anew when the instance passed for a moment that no survey saw', async () => {
    await startDoubting();
    await clock.advance(900);
    instances('x', 'y');
    instances('x');
    await stillShared();
    await clock.advance(2_100);
    await stillShared();
    expect(ports.writeLists.calls).toHaveLength(0);
  });

  it('has no place for one that is not registered any more', async () => {
    await startDoubting();
    await clock.advance(1_000);
    await surveyed({ x: ['a'], y: ['b'] }, ['x']);
    expect(ports.writeLists.last().input.changes).toEqual([
      { serviceId: 'x', share: { nodes: ['a', 'b'], probes: [] } },
      { serviceId: 'y', share: undefined },
    ]);
  });

  it('holds nothing else up: nodes and joining instances are served', async () => {
    await startDoubting();
    nodes('a', 'b', 'c');
    instances('x', 'z');
    await surveyed({ x: ['a'], y: ['b'] }, ['x', 'y', 'z']);
    expect(ports.writeLists.last().input.changes).toEqual([{ serviceId: 'z', share: { nodes: ['c'], probes: [] } }]);
  });
});

describe('the watches', () => {
  it('pass on what they learn of Consul, and are woken', () => {
    start();
    ports.fleet.last().send({ type: 'consul.failed', code: 'c', message: 'm' });
    expect(chart.told).toEqual([{ type: 'consul.failed', code: 'c', message: 'm' }]);
    chart.actor.send({ type: 'consul.reachable' });
    expect(ports.fleet.last().received).toEqual([{ type: 'consul.reachable' }]);
  });

  it('are started anew after an error', async () => {
    ports.fleet.failNext(new TypeError('bug'));
    start();
    expect(chart.state()).toBe('faulty');
    expect(chart.told).toEqual([{ type: 'actor.failed', actor: 'fleet', code: 'ESM_UNEXPECTED', message: 'bug' }]);
    ports.fleet.failNext(new TypeError('bug'));
    await clock.advance(250);
    await clock.advance(499);
    expect(chart.state()).toBe('faulty');
    await clock.advance(1);
    expect(state()).toBe('gathering');
  });
});

describe('the wired chart', () => {
  const watchable = <T>() => {
    const seen: { observer?: WatchObserver<T>; calls: string[] } = { calls: [] };
    const watch = (observer: WatchObserver<T>): Watch => {
      seen.observer = observer;
      return { stop: () => seen.calls.push('stop'), wake: () => seen.calls.push('wake') };
    };
    return { seen, watch };
  };

  it('reads what the fleet says, and takes an unreadable list for one to be written anew', async () => {
    const [nodeWatch, instanceWatch, listWatch] = [
      watchable<readonly ExternalNode[]>(),
      watchable<readonly string[]>(),
      watchable<void>(), // eslint-disable-line @typescript-eslint/no-invalid-void-type -- the watch of lists carries no value
    ];
    const writes: unknown[] = [];
    const lists: [string, ShareEntry][] = [
      ['x', { type: 'unreadable', key: 'k', reason: 'not JSON' }],
      ['y', { type: 'absent' }],
      ['z', { type: 'list', share: { nodes: ['a'], probes: [], modifyIndex: 3 } }],
    ];
    const fleet: Fleet = {
      watchInstances: instanceWatch.watch,
      watchLists: listWatch.watch,
      readLists: () => Promise.resolve(new Map(lists)),
      readRegistered: () => Promise.resolve(new Map([['z', 'stranger']])),
      writeLists: (changes, session) => {
        writes.push({ changes, session });
        return Promise.resolve(true);
      },
    };
    chart = startChildChart(
      assignmentLogic({ fleet, catalog: { watchNodes: nodeWatch.watch }, clock, random: () => 0 }),
      { serviceId: 'x', session: 's1' },
      { clock },
    );
    nodeWatch.seen.observer?.onAnswer([node('a')], 1);
    instanceWatch.seen.observer?.onAnswer(['x'], 1);
    listWatch.seen.observer?.onAnswer(undefined, 1);
    await flush();
    expect(writes).toEqual([{ session: 's1', changes: [{ serviceId: 'x', share: { nodes: ['a'], probes: [] } }] }]);
    chart.actor.send({ type: 'consul.reachable' });
    chart.stop();
    for (const { seen } of [nodeWatch, instanceWatch, listWatch]) expect(seen.calls).toEqual(['wake', 'stop']);
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
