import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeMachine } from '../../machines/node.ts';
import type { NodeEntry } from '../../machines/rules/watchbook.ts';
import { createCoverage } from '../support/chart.ts';
import { CHECK_ENTRY } from '../support/check-chart.ts';
import { NODE_ENTRY, startNodeChart, type NodeChart } from '../support/node-chart.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_000 * HOUR_MS;
const TIMEOUT_MS = NODE_ENTRY.settings.nodeReconnectTimeoutMs;
const SUBJECT = 'node\0foo';
const CRITICAL_REPORT = {
  type: 'node.report',
  node: 'foo',
  partition: '',
  status: 'critical',
  output: 'Node not live or unreachable',
};
const PASSING_REPORT = { ...CRITICAL_REPORT, status: 'passing', output: 'Node alive or reachable' };
const coverage = createCoverage(nodeMachine);

let clock = createVirtualClock(START_MS);
let node: NodeChart;

const start = (entry: Partial<NodeEntry> = {}): void => {
  node = startNodeChart(entry, { clock, inspect: coverage.inspect });
};

beforeEach(() => {
  clock = createVirtualClock(START_MS);
});

afterEach(() => {
  node.actor.stop();
  expect(clock.pending).toBe(0);
});

/** Suspect since now, committed now. */
const becomeSuspect = (): void => {
  start();
  node.ping(false);
  node.commit();
  expect(node.state()).toBe('suspect');
};

const becomeConfirming = async (): Promise<void> => {
  becomeSuspect();
  await clock.advance(TIMEOUT_MS);
  expect(node.state()).toEqual({ reaping: 'confirming' });
};

const becomeRemoving = async (): Promise<void> => {
  await becomeConfirming();
  node.ping(false);
  expect(node.state()).toEqual({ reaping: 'removing' });
};

describe('the start', () => {
  it.each<[what: string, entry: Partial<NodeEntry>, state: string]>([
    ['alive when KV holds no time', {}, 'alive'],
    ['alive when only the check is critical', { status: 'critical' }, 'alive'],
    ['suspect when KV holds a time', { status: 'critical', failingSinceMs: START_MS - 5 }, 'suspect'],
    ['unprobed when it is not to be pinged', { isProbed: false, failingSinceMs: START_MS - 5 }, 'unprobed'],
  ])('is %s', (_, entry, state) => {
    start(entry);
    expect(node.state()).toBe(state);
    expect(node.submitted).toEqual([]);
  });

  it('keeps the time of KV: what is left of node_reconnect_timeout runs on', async () => {
    start({ status: 'critical', failingSinceMs: START_MS - TIMEOUT_MS + 10_000 });
    await clock.advance(9_999);
    expect(node.state()).toBe('suspect');
    expect(node.haste()).toBe(0);
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    expect(node.haste()).toBe(1);
  });

  it('past the timeout removes nothing before a ping of this instance has failed', async () => {
    start({ status: 'critical', failingSinceMs: START_MS - 2 * TIMEOUT_MS });
    await clock.advance(0);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    expect(node.submitted).toEqual([]);
    node.ping(false);
    expect(node.state()).toEqual({ reaping: 'removing' });
  });
});

describe('alive', () => {
  it('says so at the first answer when the catalog does not', () => {
    start({ status: undefined });
    node.ping(true);
    expect(node.submitted).toMatchObject([{ subject: SUBJECT, isFenced: false }]);
    expect(node.lastWrite()).toEqual([PASSING_REPORT, { type: 'failingSince.clear', node: 'foo' }]);
    node.ping(true);
    expect(node.submitted).toHaveLength(1);
    node.commit();
    expect(node.state()).toBe('alive');
    node.ping(true);
    expect(node.submitted).toHaveLength(1);
  });

  it('to suspect when the failure is committed, not before, with the time of the first failure', async () => {
    start();
    node.ping(false);
    expect(node.lastWrite()).toEqual([CRITICAL_REPORT, { type: 'failingSince.set', node: 'foo', sinceMs: START_MS }]);
    await clock.advance(1_000);
    node.ping(false);
    expect(node.state()).toBe('alive');
    expect(node.submitted).toHaveLength(1);
    node.commit();
    expect(node.state()).toBe('suspect');
    await clock.advance(TIMEOUT_MS - 1_001);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('writes the time of failure though the check is critical already', () => {
    start({ status: 'critical' });
    node.ping(false);
    expect(node.lastWrite()).toContainEqual({ type: 'failingSince.set', node: 'foo', sinceMs: START_MS });
    node.commit();
    expect(node.state()).toBe('suspect');
  });

  it('an answer takes the place of a failure that is still owed', () => {
    start();
    node.ping(false);
    const failure = node.submitted[0];
    node.ping(true);
    node.supersede(failure);
    expect(node.lastWrite()).toEqual([PASSING_REPORT, { type: 'failingSince.clear', node: 'foo' }]);
    node.commit();
    expect(node.state()).toBe('alive');
  });

  it('the commit of a failure that an answer has overtaken changes nothing', () => {
    start();
    node.ping(false);
    const failure = node.submitted[0];
    node.ping(true);
    node.commit(failure);
    expect(node.state()).toBe('alive');
    node.commit();
    expect(node.state()).toBe('alive');
  });

  it.each([{ reason: 'fenced' }, { reason: 'gone' }, { reason: 'refused', detail: 'no' }] as const)(
    'stays when its report is rejected as $reason, and owes nothing; the next failure is written again',
    (rejection) => {
      start();
      node.ping(false);
      node.reject(rejection);
      expect(node.state()).toBe('alive');
      expect(node.submitted).toHaveLength(1);
      node.ping(false);
      expect(node.submitted).toHaveLength(2);
    },
  );

  it('ignores the result of a ping that was overtaken', () => {
    start();
    node.tell({ type: 'node.due' });
    node.tell({ type: 'node.due' });
    node.tell({ type: 'node.pinged', run: 1, isReachable: false, sentAtMs: clock.now() });
    expect(node.submitted).toEqual([]);
    expect(node.runs).toEqual([1, 2]);
  });

  it('ignores the result of a ping that went to the old address', () => {
    start();
    node.tell({ type: 'node.due' });
    node.tell({ type: 'node.updated', isProbed: true });
    const result = { type: 'node.pinged', run: 1, isReachable: false, sentAtMs: clock.now() } as const;
    node.tell(result);
    expect(node.submitted).toEqual([]);
    node.tell({ type: 'node.due' });
    node.tell(result);
    expect(node.submitted).toEqual([]);
  });
});

describe('node_health_refresh_interval', () => {
  it('writes an unchanged passing again, to the millisecond', async () => {
    start();
    await clock.advance(HOUR_MS - 1);
    node.ping(true);
    expect(node.submitted).toEqual([]);
    await clock.advance(1);
    node.ping(true);
    expect(node.lastWrite()).toContainEqual(PASSING_REPORT);
    node.commit();
    expect(node.state()).toBe('alive');
    await clock.advance(HOUR_MS - 1);
    node.ping(true);
    expect(node.submitted).toHaveLength(1);
  });

  it('writes an unchanged critical again, and keeps the time of failure', async () => {
    becomeSuspect();
    await clock.advance(HOUR_MS);
    node.ping(false);
    expect(node.lastWrite()).toEqual([CRITICAL_REPORT, { type: 'failingSince.set', node: 'foo', sinceMs: START_MS }]);
    node.commit();
    expect(node.state()).toBe('suspect');
    await clock.advance(TIMEOUT_MS - HOUR_MS - 1);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('counts from the settings in force', async () => {
    start();
    node.tell({ type: 'settings.changed', settings: { ...NODE_ENTRY.settings, nodeHealthRefreshIntervalMs: 5_000 } });
    expect(node.state()).toBe('alive');
    await clock.advance(5_000);
    node.ping(true);
    expect(node.submitted).toHaveLength(1);
  });
});

describe('suspect', () => {
  it('to alive when the answer is committed; a new failure counts from its own time', async () => {
    becomeSuspect();
    await clock.advance(10 * HOUR_MS);
    node.ping(true);
    expect(node.state()).toBe('suspect');
    expect(node.lastWrite()).toEqual([PASSING_REPORT, { type: 'failingSince.clear', node: 'foo' }]);
    node.commit();
    expect(node.state()).toBe('alive');
    expect(node.actor.getSnapshot().context).toMatchObject({
      status: 'passing',
      failingSinceMs: undefined,
      writtenAtMs: clock.now(),
      report: undefined,
    });
    node.ping(false);
    expect(node.lastWrite()).toContainEqual({ type: 'failingSince.set', node: 'foo', sinceMs: clock.now() });
  });

  it('counts anew from a failure after an answer that never reached Consul', async () => {
    becomeSuspect();
    await clock.advance(10 * HOUR_MS);
    node.ping(true);
    const answer = node.submitted.at(-1);
    await clock.advance(HOUR_MS);
    node.ping(false);
    node.supersede(answer);
    node.commit();
    expect(node.state()).toBe('suspect');
    await clock.advance(TIMEOUT_MS - 1);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('counts from the new timeout when the settings change', async () => {
    becomeSuspect();
    await clock.advance(HOUR_MS);
    node.tell({
      type: 'settings.changed',
      settings: { ...NODE_ENTRY.settings, nodeReconnectTimeoutMs: HOUR_MS + 1_000 },
    });
    await clock.advance(999);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('keeps its time when the record changes', async () => {
    becomeSuspect();
    await clock.advance(HOUR_MS);
    node.tell({ type: 'node.updated', isProbed: true });
    await clock.advance(TIMEOUT_MS - HOUR_MS - 1);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });
});

describe('externalNodeHealth changed by somebody else', () => {
  it('to critical, while the node answers, is mended by the next answer', () => {
    start();
    node.tell({ type: 'health.changed', status: 'critical' });
    expect(node.state()).toBe('alive');
    node.ping(true);
    expect(node.lastWrite()).toContainEqual(PASSING_REPORT);
  });

  it('to passing, while the node fails, is mended by the next failure, which keeps its time', async () => {
    becomeSuspect();
    await clock.advance(HOUR_MS / 2);
    node.tell({ type: 'health.changed', status: 'passing' });
    node.ping(false);
    expect(node.lastWrite()).toEqual([CRITICAL_REPORT, { type: 'failingSince.set', node: 'foo', sinceMs: START_MS }]);
  });

  it('to passing does not hide an answer that must end the failure in KV', () => {
    becomeSuspect();
    node.tell({ type: 'health.changed', status: 'passing' });
    node.ping(true);
    expect(node.lastWrite()).toContainEqual({ type: 'failingSince.clear', node: 'foo' });
    node.commit();
    expect(node.state()).toBe('alive');
  });

  it('removed: the next answer writes it again', () => {
    start();
    node.tell({ type: 'health.changed', status: undefined });
    node.ping(true);
    expect(node.lastWrite()).toContainEqual(PASSING_REPORT);
  });
});

describe('confirming', () => {
  it('removes the node only for a ping that was sent at or after the due moment and failed', async () => {
    await becomeConfirming();
    node.ping(false, START_MS + TIMEOUT_MS - 1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    node.ping(false, START_MS + TIMEOUT_MS);
    expect(node.state()).toEqual({ reaping: 'removing' });
    expect(node.submitted.at(-1)).toMatchObject({
      subject: SUBJECT,
      isFenced: true,
      operations: [
        { type: 'node.remove', node: 'foo', partition: '' },
        { type: 'failingSince.clear', node: 'foo' },
      ],
    });
  });

  it('keeps a node that answers', async () => {
    await becomeConfirming();
    node.ping(true);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    node.commit();
    expect(node.state()).toBe('alive');
  });

  it('removes nothing that failed anew before its answer was committed: the time counts from there', async () => {
    await becomeConfirming();
    node.ping(true);
    const answer = node.submitted.at(-1);
    await clock.advance(1_000);
    node.ping(false);
    node.supersede(answer);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    expect(node.lastWrite()).toContainEqual({ type: 'failingSince.set', node: 'foo', sinceMs: clock.now() });
    node.ping(false);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    node.commit();
    expect(node.state()).toBe('suspect');
    await clock.advance(TIMEOUT_MS - 1);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('stays, without another ping, when a refresh of the same failure is committed', async () => {
    becomeSuspect();
    await clock.advance(TIMEOUT_MS - 1);
    node.ping(false);
    await clock.advance(1);
    node.commit();
    expect(node.state()).toEqual({ reaping: 'confirming' });
    expect(node.haste()).toBe(1);
    expect(node.actor.getSnapshot().context).toMatchObject({ report: undefined, writtenAtMs: clock.now() });
  });

  it('goes back to suspect when the settings give more time', async () => {
    await becomeConfirming();
    node.tell({
      type: 'settings.changed',
      settings: { ...NODE_ENTRY.settings, nodeReconnectTimeoutMs: TIMEOUT_MS + HOUR_MS },
    });
    expect(node.state()).toBe('suspect');
  });
});

describe('removing', () => {
  const removalId = (): string | undefined => node.actor.getSnapshot().context.removalId;

  it('ends in removed when the removal is committed, and pings no more', async () => {
    await becomeRemoving();
    node.commit();
    expect(node.state()).toEqual({ reaping: 'removed' });
    const runs = node.runs.length;
    node.tell({ type: 'node.due' });
    node.tell({ type: 'node.pinged', run: runs, isReachable: true, sentAtMs: clock.now() });
    expect(node.runs).toHaveLength(runs);
    expect(node.state()).toEqual({ reaping: 'removed' });
  });

  it.each([{ reason: 'fenced' }, { reason: 'gone' }, { reason: 'refused', detail: 'no' }] as const)(
    'keeps the node when the removal is rejected as $reason, until it fails again',
    async (rejection) => {
      await becomeRemoving();
      node.reject(rejection);
      expect(node.state()).toEqual({ reaping: 'confirming' });
      expect(removalId()).toBeUndefined();
      node.ping(false);
      expect(node.state()).toEqual({ reaping: 'removing' });
    },
  );

  it('takes the node for alive when KV no longer knows of its failure; a new one counts from its own time', async () => {
    await becomeRemoving();
    node.reject({ reason: 'untimed' });
    expect(node.state()).toBe('alive');
    expect(removalId()).toBeUndefined();
    node.ping(false);
    expect(node.lastWrite()).toContainEqual({ type: 'failingSince.set', node: 'foo', sinceMs: clock.now() });
    node.commit();
    await clock.advance(TIMEOUT_MS - 1);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('gives the node the time that new settings allow', async () => {
    await becomeRemoving();
    const settings = { ...NODE_ENTRY.settings, nodeReconnectTimeoutMs: 2 * TIMEOUT_MS };
    node.tell({ type: 'settings.changed', settings });
    await clock.advance(TIMEOUT_MS - 1);
    expect(node.state()).toBe('suspect');
    await clock.advance(1);
    expect(node.state()).toEqual({ reaping: 'confirming' });
  });

  it('asks anew when the writer has let the removal go', async () => {
    await becomeRemoving();
    node.supersede();
    expect(node.state()).toEqual({ reaping: 'confirming' });
    expect(removalId()).toBeUndefined();
  });

  it('takes the removal back when the node answers, and reports it', async () => {
    await becomeRemoving();
    const removal = node.submitted.at(-1);
    node.ping(true);
    expect(node.withdrawn).toEqual([SUBJECT]);
    expect(removalId()).toBeUndefined();
    expect(node.lastWrite()).toContainEqual(PASSING_REPORT);
    node.supersede(removal);
    expect(node.state()).toEqual({ reaping: 'confirming' });
    node.commit();
    expect(node.state()).toBe('alive');
  });

  it('is not displaced by a refresh, however long the removal is owed', async () => {
    await becomeRemoving();
    const writes = node.submitted.length;
    await clock.advance(2 * HOUR_MS);
    node.ping(false);
    expect(node.submitted).toHaveLength(writes);
    expect(node.state()).toEqual({ reaping: 'removing' });
  });

  it('forgets the report whose place the removal took', async () => {
    becomeSuspect();
    await clock.advance(TIMEOUT_MS - 1);
    node.ping(false);
    const refresh = node.submitted.at(-1);
    await clock.advance(1);
    node.ping(false);
    expect(node.state()).toEqual({ reaping: 'removing' });
    node.supersede(refresh);
    expect(node.actor.getSnapshot().context.report).toBeUndefined();
    expect(node.state()).toEqual({ reaping: 'removing' });
  });

  it.each<[what: string, tell: () => void, state: string]>([
    [
      'its record changes',
      () => {
        node.tell({ type: 'node.updated', isProbed: true });
      },
      'suspect',
    ],
    [
      'it is not to be pinged any more',
      () => {
        node.tell({ type: 'node.updated', isProbed: false });
      },
      'unprobed',
    ],
    [
      'the settings change',
      () => {
        node.tell({
          type: 'settings.changed',
          settings: { ...NODE_ENTRY.settings, nodeReconnectTimeoutMs: 2 * TIMEOUT_MS },
        });
      },
      'suspect',
    ],
  ])('takes the removal back when %s', async (_, tell, state) => {
    await becomeRemoving();
    tell();
    expect(node.withdrawn).toEqual([SUBJECT]);
    expect(removalId()).toBeUndefined();
    expect(node.state()).toBe(state);
    node.supersede();
    expect(node.state()).toBe(state);
  });
});

describe('what is not its own, or no longer', () => {
  const owe = (isReachable: boolean) => (): void => {
    if (isReachable) becomeSuspect();
    else start();
    node.ping(isReachable);
  };
  const forgo = (): void => {
    start();
    node.ping(false);
    node.tell({ type: 'node.updated', isProbed: false });
  };
  const states: readonly [what: string, reach: () => void | Promise<void>][] = [
    ['alive', start],
    ['alive, with a failure owed', owe(false)],
    ['suspect', becomeSuspect],
    ['suspect, with an answer owed', owe(true)],
    ['unprobed, with a failure owed', forgo],
    ['confirming', becomeConfirming],
    ['removing', becomeRemoving],
  ];

  it.each(states)('an answer to the write of another changes nothing in %s', async (_, reach) => {
    await reach();
    const { value, context } = node.actor.getSnapshot();
    const [withdrawn, haste] = [node.withdrawn.length, node.haste()];
    const write = { id: 'other', subject: SUBJECT, isFenced: false, operations: [] };
    node.commit(write);
    node.reject({ reason: 'untimed' }, write);
    node.supersede(write);
    expect(node.actor.getSnapshot()).toMatchObject({ value, context });
    expect([node.withdrawn.length, node.haste()]).toEqual([withdrawn, haste]);
  });

  it.each(states)('the result of a ping that was overtaken changes nothing in %s', async (_, reach) => {
    await reach();
    node.tell({ type: 'node.due' });
    const { value, context } = node.actor.getSnapshot();
    const writes = node.submitted.length;
    for (const isReachable of [true, false]) {
      node.tell({ type: 'node.pinged', run: context.run - 1, isReachable, sentAtMs: clock.now() });
    }
    expect(node.actor.getSnapshot()).toMatchObject({ value, context });
    expect(node.submitted).toHaveLength(writes);
  });
});

describe('external-probe toggled', () => {
  it('off: no ping is sent, none that comes back counts, and nothing falls due', async () => {
    becomeSuspect();
    node.tell({ type: 'node.due' });
    node.tell({ type: 'node.updated', isProbed: false });
    expect(node.state()).toBe('unprobed');
    node.tell({ type: 'node.due' });
    expect(node.runs).toHaveLength(2);
    node.tell({ type: 'node.pinged', run: 3, isReachable: true, sentAtMs: clock.now() });
    expect(node.submitted).toHaveLength(1);
    await clock.advance(2 * TIMEOUT_MS);
    expect(node.state()).toBe('unprobed');
  });

  it('off while a report is owed: its commit is believed', () => {
    start();
    node.ping(false);
    node.tell({ type: 'node.updated', isProbed: false });
    node.commit();
    expect(node.state()).toBe('unprobed');
    expect(node.actor.getSnapshot().context).toMatchObject({ status: 'critical', failingSinceMs: START_MS });
  });

  it('on again: goes on where it was', () => {
    becomeSuspect();
    node.tell({ type: 'node.updated', isProbed: false });
    node.tell({ type: 'node.updated', isProbed: true });
    expect(node.state()).toBe('suspect');
    node.ping(true);
    node.commit();
    expect(node.state()).toBe('alive');
  });

  it('on for the first time: is alive until a ping fails', () => {
    start({ isProbed: false, status: undefined });
    node.tell({ type: 'node.updated', isProbed: true });
    expect(node.state()).toBe('alive');
    node.ping(false);
    expect(node.submitted).toHaveLength(1);
  });
});

describe('checks', () => {
  it('start and stop as they come and go', () => {
    start();
    node.tell({ type: 'check.added', slot: 7, check: CHECK_ENTRY });
    const child = node.actor.getSnapshot().children['7']!;
    expect(child.getSnapshot().context).toMatchObject({ id: CHECK_ENTRY.id, status: 'passing' });
    node.tell({ type: 'check.removed', slot: 7 });
    expect(child.getSnapshot().status).toBe('stopped');
    expect(node.actor.getSnapshot().children).toEqual({});
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    start();
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
