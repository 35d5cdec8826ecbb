// Consul and the targets are stand-ins (test/support/roster.ts): a real Consul can neither fail at a given read nor answer
// in every order.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckRecord } from '../../machines/model.ts';
import { nodeSubject } from '../../machines/rules/report.ts';
import { aCheck, aNode, aProbedNode, NO_FAILURES, SETTINGS, startRoster, type Rig } from '../support/roster.ts';

let rig: Rig;

beforeEach(() => {
  rig = startRoster();
});

afterEach(() => {
  rig[Symbol.dispose]();
  expect(rig.clock.pending).toBe(0);
});

const settle = (): Promise<void> => rig.clock.advance(0);
const effects = (): string[] => rig.committed.flatMap(({ operations }) => operations.map(({ type }) => type));

describe('what is known of share, nodes and checks', () => {
  const news = {
    share: () => {
      rig.roster.setShare({ nodes: ['a'], probes: ['b'] });
    },
    nodes: () => {
      rig.roster.setNodes([aNode('a'), aProbedNode('b'), aNode('c')]);
    },
    checks: () => {
      rig.setChecks(['a', 'b', 'c'].map((node) => aCheck(node, `${node}1`)));
    },
  };

  it.each([
    [['share', 'nodes', 'checks']],
    [['share', 'checks', 'nodes']],
    [['nodes', 'share', 'checks']],
    [['nodes', 'checks', 'share']],
    [['checks', 'share', 'nodes']],
    [['checks', 'nodes', 'share']],
  ] as const)('may arrive as %j: what is in the share runs once all is known', async (order) => {
    for (const what of order) {
      await settle();
      expect(rig.probed).toEqual([]);
      news[what]();
    }
    await settle();
    expect(rig.probed.sort()).toEqual(['a1:1', 'b1:1']);
    expect(rig.pinged).toEqual(['b.example']);
    expect(rig.reads).toEqual([['a', 'b']]);
  });

  it('runs a node at once that joins the share, and stops one that leaves, the very last too', async () => {
    rig.tell([aNode('a'), aNode('b')], [aCheck('a', 'a1'), aCheck('b', 'b1')]);
    await settle();
    rig.roster.setShare({ nodes: ['b'], probes: [] });
    await rig.clock.advance(30_000);
    expect(rig.probed.filter((address) => address === 'a1:1')).toHaveLength(1);
    rig.roster.setShare({ nodes: [], probes: [] });
    const before = rig.probed.length;
    await rig.clock.advance(30_000);
    expect(rig.probed).toHaveLength(before);
    rig.roster.setShare({ nodes: [], probes: ['a'] });
    await settle();
    expect(rig.probed.slice(before)).toEqual(['a1:1']);
  });

  it('takes up a check at once that joins a node, and stops one that leaves', async () => {
    rig.tell([aNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.setChecks([aCheck('a', 'a2')]);
    await settle();
    expect(rig.probed).toEqual(['a1:1', 'a2:1']);
    await rig.clock.advance(10_000);
    expect(rig.probed.slice(2)).toContain('a2:1');
    expect(rig.probed.slice(2)).not.toContain('a1:1');
  });

  it('starts a node anew that was removed and registered again under its name', async () => {
    rig.tell([aProbedNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.targets.set('a1:1', 'hang');
    await rig.clock.advance(10_000);
    const ids = rig.ids();
    rig.probed.length = 0;
    rig.targets.clear();
    rig.tell([aProbedNode('a', { createIndex: 50, modifyIndex: 50 })], [aCheck('a', 'a1', { createIndex: 51 })]);
    await settle();
    expect(rig.reads).toEqual([['a'], ['a'], ['a']]); // the second had asked about the former check
    expect(rig.ids()).toBe(ids + 2);
    expect(rig.probed).toEqual(['a1:1']);
  });
});

describe('failure times', () => {
  it('are read once for all that comes together, and not again while it stays', async () => {
    rig.tell([aNode('a'), aNode('b')], [aCheck('a', 'a1')]);
    await settle();
    rig.roster.setNodes([aNode('a', { modifyIndex: 20 }), aNode('b')]);
    rig.setChecks([aCheck('a', 'a1', { modifyIndex: 21, status: 'critical' }), aCheck('b', 'b1')]);
    await rig.clock.advance(30_000);
    expect(rig.reads).toEqual([['a', 'b'], ['b']]);
    expect(rig.probed).toContain('b1:1');
  });

  it('make a node suspect, and a service critical, since when KV says so', async () => {
    const nowMs = rig.clock.now();
    const check = aCheck('a', 'a1', {
      status: 'critical',
      definition: { TCP: 'a1:1', Interval: '10s', DeregisterCriticalServiceAfter: '60s' },
    });
    rig.settings = { ...rig.settings, nodeReconnectTimeoutMs: 90_000 };
    rig.times = {
      nodes: new Map([['a', { sinceMs: nowMs - 60_000, modifyIndex: 40 }]]),
      checks: new Map([[check.key, { sinceMs: nowMs - 45_000, modifyIndex: 41 }]]),
    };
    rig.targets.set('a1:1', 'critical').set('a.example', 'critical');
    rig.tell([aProbedNode('a')], [check]);
    await rig.clock.advance(14_999);
    expect(effects()).not.toContain('service.remove');
    await rig.clock.advance(1);
    expect(effects()).toContain('service.remove');
    await rig.clock.advance(14_999);
    expect(effects()).not.toContain('node.remove');
    await rig.clock.advance(1);
    expect(effects()).toContain('node.remove');
    expect(rig.log.messages('INFO')).toContain('Removed a node that was unreachable for too long');
    expect(rig.log.messages('INFO')).toContain('Removed a service that was critical for too long');
  });

  it('that cannot be read are told and read again, later each time', async () => {
    rig.isConsulDown = true;
    rig.tell([aNode('a')], [aCheck('a', 'a1')]);
    await settle();
    for (const [reads, waitMs] of [
      [1, 250],
      [2, 500],
      [3, 1_000],
    ] as const) {
      expect(rig.reads).toHaveLength(reads);
      expect(rig.troubles).toHaveLength(reads);
      await rig.clock.advance(waitMs - 1);
      expect(rig.reads).toHaveLength(reads);
      await rig.clock.advance(1);
    }
    expect(rig.troubles[0]).toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    expect(rig.probed).toEqual([]);
  });

  it('are read at once when Consul is back', async () => {
    rig.isConsulDown = true;
    rig.tell([aNode('a')], [aCheck('a', 'a1')]);
    await rig.clock.advance(20_000);
    const reads = rig.reads.length;
    rig.restore();
    await settle();
    expect(rig.reads).toHaveLength(reads + 1);
    expect(rig.probed).toEqual(['a1:1']);
  });

  it('are read anew when Consul is back, for the read of before may hang', async () => {
    rig.isConsulHole = true;
    rig.tell([aNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.restore();
    await settle();
    expect(rig.reads).toEqual([['a'], ['a']]);
    expect(rig.troubles).toEqual([]);
    expect(rig.probed).toEqual(['a1:1']);
  });

  it('hold back no node that left meanwhile, nor one that came', async () => {
    rig.isConsulDown = true;
    rig.tell([aNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.tell([aNode('b')], [aCheck('b', 'b1')]);
    rig.restore();
    await settle();
    expect(rig.probed).toEqual(['b1:1']);
  });
});

describe('failure times of a check that joins a running node', () => {
  const NOTHING_TO_RUN = { definition: undefined };
  const DEADLINE = { TCP: 'a1:1', Interval: '10s', DeregisterCriticalServiceAfter: '60s' };
  const failing = (more: Partial<CheckRecord> = {}): CheckRecord =>
    aCheck('a', 'a1', { status: 'critical', definition: DEADLINE, ...more });

  beforeEach(async () => {
    rig.times = {
      nodes: new Map(),
      checks: new Map([[failing().key, { sinceMs: rig.clock.now() - 45_000, modifyIndex: 41 }]]),
    };
    rig.targets.set('a1:1', 'critical');
    rig.tell([aNode('a'), aNode('b')], [aCheck('b', 'b1')]);
    await settle();
    rig.probed.length = 0;
  });

  const expectRemovalIn = async (ms: number): Promise<void> => {
    await rig.clock.advance(ms - 1);
    expect(effects()).not.toContain('service.remove');
    await rig.clock.advance(1);
    expect(effects()).toContain('service.remove');
  };

  it('count on', async () => {
    rig.setChecks([aCheck('b', 'b1'), failing()]);
    await settle();
    expect(rig.probed).toEqual(['a1:1']);
    await expectRemovalIn(15_000);
  });

  it('count on when a definition makes it one to be run', async () => {
    rig.setChecks([failing(NOTHING_TO_RUN)]);
    await rig.clock.advance(5_000);
    rig.setChecks([failing({ modifyIndex: 12 })]);
    await settle();
    expect(rig.probed).toEqual(['a1:1']);
    await expectRemovalIn(10_000);
  });

  it('that cannot be read are told, and it waits for them; nobody else does', async () => {
    rig.isConsulDown = true;
    rig.setChecks([aCheck('b', 'b1'), failing()]);
    await settle();
    expect(rig.troubles).toHaveLength(1);
    await rig.clock.advance(10_000);
    rig.setChecks([aCheck('b', 'b1', { modifyIndex: 13 }), failing({ modifyIndex: 12 })]);
    await settle();
    expect(new Set(rig.probed)).toEqual(new Set(['b1:1']));
    rig.restore();
    await settle();
    expect(rig.probed.at(-1)).toBe('a1:1');
    await expectRemovalIn(5_000);
  });

  it('are not waited for when it leaves before they are read', async () => {
    rig.isConsulDown = true;
    rig.setChecks([aCheck('b', 'b1'), failing()]);
    await settle();
    rig.setChecks([aCheck('b', 'b1')]);
    rig.restore();
    await settle();
    expect(rig.probed).toEqual([]);
  });

  it('are read after those that are read when it joins', async () => {
    rig[Symbol.dispose]();
    const answers: (() => void)[] = [];
    const { times } = rig;
    rig = startRoster({
      catalog: {
        readFailureTimes: (_, checks) =>
          new Promise((resolve) => {
            const isAsked = checks.some(({ checkId }) => checkId === 'a1');
            answers.push(() => {
              resolve(isAsked ? times : NO_FAILURES);
            });
          }),
      },
    });
    rig.targets.set('a1:1', 'critical');
    rig.tell([aNode('a')], [aCheck('a', 'a2')]);
    await settle();
    rig.setChecks([aCheck('a', 'a2'), failing()]);
    answers[0]?.();
    await settle();
    expect(rig.probed).toEqual(['a2:1']);
    answers[1]?.();
    await settle();
    expect(rig.probed).toEqual(['a2:1', 'a1:1']);
    await expectRemovalIn(15_000);
  });
});

describe('settings that change', () => {
  it('reach everything that runs', async () => {
    rig.tell([aProbedNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.settings = {
      ...rig.settings,
      nodeProbeIntervalMs: 1_000,
      thresholds: { passing: 0, critical: 1 },
    };
    rig.roster.configure();
    await rig.clock.advance(5_000);
    expect(rig.pinged.length).toBeGreaterThanOrEqual(5);
    rig.targets.set('a1:1', 'critical');
    rig.committed.length = 0;
    await rig.clock.advance(10_000);
    expect(effects()).not.toContain('check.report');
    await rig.clock.advance(10_000);
    expect(effects()).toContain('check.report');
  });
});

describe('the end', () => {
  it('quiet: probes nothing more, and what is owed is still written', async () => {
    rig.tell([aProbedNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.isConsulDown = true;
    rig.targets.set('a1:1', 'critical').set('a.example', 'critical');
    await rig.clock.advance(20_000);
    const [probed, pinged] = [rig.probed.length, rig.pinged.length];
    rig.committed.length = 0;
    rig.roster.quiet();
    rig.tell([aProbedNode('b')], [aCheck('b', 'b1')]);
    rig.restore();
    await rig.clock.advance(60_000);
    expect([rig.probed.length, rig.pinged.length]).toEqual([probed, pinged]);
    expect(effects().sort()).toEqual(['check.report', 'failingSince.set', 'node.report']);
    expect(rig.log.messages('INFO')).toContain("Check 'a/a1' is now critical");
  });

  it.each([
    [
      'leaves the share',
      () => {
        rig.roster.setShare({ nodes: [], probes: [] });
      },
    ],
    [
      'leaves the catalog',
      () => {
        rig.roster.setNodes([]);
      },
    ],
    [
      'is registered anew',
      () => {
        rig.roster.setNodes([aNode('a', { createIndex: 99 })]);
      },
    ],
  ])('a node that %s takes what is owed of it and its checks along', async (_, leave) => {
    rig.tell([aProbedNode('a')], [aCheck('a', 'a1')]);
    await settle();
    rig.isConsulDown = true;
    rig.targets.set('a1:1', 'critical').set('a.example', 'critical');
    await rig.clock.advance(20_000);
    expect(rig.deps.writer.owed()).toBe(2);
    rig.committed.length = 0;
    rig.targets.clear();
    leave();
    rig.restore();
    await rig.clock.advance(5_000);
    expect(effects()).toEqual([]);
    expect(rig.deps.writer.owed()).toBe(0);
  });

  it('a check that leaves takes along what is owed of it, and of it alone', async () => {
    rig.tell([aNode('a')], [aCheck('a', 'a1'), aCheck('a', 'a2')]);
    await settle();
    rig.isConsulDown = true;
    rig.targets.set('a1:1', 'critical').set('a2:1', 'critical');
    await rig.clock.advance(20_000);
    rig.committed.length = 0;
    rig.setChecks([aCheck('a', 'a2')]);
    rig.restore();
    await settle();
    expect(rig.committed.map(({ subject }) => subject)).toEqual([aCheck('a', 'a2').key]);
  });
});

it('spreads the first outputs of checks over the second half of check_update_interval, and no other', async () => {
  rig[Symbol.dispose]();
  const chances = [0.75, 0.5, 0];
  rig = startRoster({ random: () => chances.shift() ?? Number.NaN });
  rig.settings = { ...SETTINGS, checkUpdateIntervalMs: 80_000 };
  const silent = ['a1', 'a2', 'a3'].map((id) => aCheck('a', id, { output: '' }));
  rig.tell([aNode('a')], [...silent, aCheck('a', 'a4')]);
  const written: [number, string][] = [];
  for (let second = 0; second <= 80; second += 1) {
    await rig.clock.advance(second === 0 ? 0 : 1_000);
    written.push(...rig.committed.splice(0).map(({ subject }): [number, string] => [second, subject]));
  }
  expect(written).toEqual([
    [50, aCheck('a', 'a1').key],
    [60, aCheck('a', 'a2').key],
    [80, aCheck('a', 'a3').key],
    [80, aCheck('a', 'a4').key],
  ]);
});

it('keeps nothing of what actors were made of, and runs them all the same', async () => {
  rig.tell([aProbedNode('a')], [aCheck('a', 'a1')]);
  await settle();
  const actors = [rig.roster.actorOf('a'), rig.roster.actorOf('a', aCheck('a', 'a1').key)];
  for (const actor of actors) expect(actor?.options).toEqual({});
  expect(actors[0]?.options).toBe(actors[1]?.options);
  rig.committed.length = 0;
  rig.targets.set('a1:1', 'critical').set('a.example', 'critical');
  await rig.clock.advance(10_000);
  expect(effects().sort()).toEqual(['check.report', 'failingSince.set', 'node.report']);
});

describe('a chart that throws', () => {
  beforeEach(async () => {
    rig.tell([aProbedNode('a'), aNode('b')], [aCheck('a', 'a1'), aCheck('a', 'a2'), aCheck('b', 'b1')]);
    await settle();
    rig.targets.set('a1:1', 'critical').set('a.example', 'critical');
  });

  it.each([
    ['its own', nodeSubject('a'), { machine: 'node', state: 'alive', event: 'node.pinged' }],
    [
      "one of its checks'",
      aCheck('a', 'a1').key,
      { machine: 'check', check: 'a/a1', state: { status: 'passing', output: 'stale' }, event: 'check.probed' },
    ],
  ])('is logged, and started anew from the catalog and KV, when the port is %s', async (_, subject, words) => {
    rig.faultySubject = subject;
    await rig.clock.advance(10_000);
    const [failure, ...others] = rig.log.lines.filter(({ level }) => level === 'ERROR');
    expect(failure).toMatchObject({
      message: 'An actor failed',
      fields: { ...words, node: 'a', error: { message: 'a faulty port' } },
    });
    expect(others).toEqual([]);
    rig.faultySubject = undefined;
    rig.committed.length = 0;
    await rig.clock.advance(20_000);
    expect(effects().sort()).toEqual(['check.report', 'failingSince.set', 'node.report']);
    expect(rig.reads).toEqual([['a', 'b'], ['a']]);
  });

  it('is started anew later each time, whatever the catalog tells meanwhile, and stands still until then', async () => {
    rig.faultySubject = nodeSubject('a');
    rig.probed.length = 0;
    await rig.clock.advance(10_000);
    for (const [reads, waitMs] of [
      [1, 250],
      [2, 500],
      [3, 1_000],
      [4, 2_000],
    ] as const) {
      await settle();
      rig.probed.length = 0;
      rig.tell([aProbedNode('a', { modifyIndex: 100 + reads }), aNode('b')], [aCheck('a', 'a1'), aCheck('a', 'a2')]);
      await rig.clock.advance(waitMs - 1);
      expect(rig.probed.filter((address) => address.startsWith('a'))).toEqual([]);
      expect(rig.reads).toHaveLength(reads);
      await rig.clock.advance(1);
      expect(rig.reads).toHaveLength(reads + 1);
    }
  });

  it('leaves no timer behind', async () => {
    rig.tell([aProbedNode('a')], [aCheck('a', 'a1')]);
    rig.targets.set('a.example', 'passing');
    await rig.clock.advance(10_000);
    rig.faultySubject = nodeSubject('a');
    rig.targets.set('a.example', 'critical');
    await rig.clock.advance(10_000);
    rig.roster.stop();
    rig.deps.schedule.stop();
    await settle();
    expect(rig.clock.pending).toBe(0);
  });
});

describe('many checks', () => {
  it.each([
    [64, 1],
    [65, 2],
    [1_000, 16],
  ])('%i of one node share %i root actors', async (count, roots) => {
    rig.tell(
      [aNode('a')],
      Array.from({ length: count }, (_, place) => aCheck('a', `c${place}`)),
    );
    await settle();
    expect(rig.ids() - count).toBe(roots);
    await rig.clock.advance(20_000);
    expect(new Set(rig.probed).size).toBe(count);
  });

  it('keep no other node waiting', async () => {
    const many = Array.from({ length: 200 }, (_, place) => aCheck('a', `c${place}`));
    rig.tell([aNode('a'), aNode('b')], [...many, aCheck('b', 'few')]);
    await rig.clock.advance(20_000);
    expect(rig.probed[0]).toBe('few:1');
  });
});
