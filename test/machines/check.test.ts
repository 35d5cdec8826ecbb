import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkMachine } from '../../machines/check.ts';
import type { CheckStatus } from '../../machines/model.ts';
import type { CheckEntry } from '../../machines/rules/ledger.ts';
import { createCoverage } from '../support/chart.ts';
import { CHECK_ENTRY, startCheckChart, type CheckChart } from '../support/check-chart.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const START_MS = 1_000_000;
const DEADLINE_MS = 30_000;
const UPDATE_MS = 300_000;
const { key: KEY, id: ID } = CHECK_ENTRY;
const coverage = createCoverage(checkMachine);

let clock = createVirtualClock(START_MS);
let check: CheckChart;

const start = (entry: Partial<CheckEntry> = {}): void => {
  check = startCheckChart(entry, { clock, inspect: coverage.inspect });
};

const thresholds = (passing: number, critical: number): Partial<CheckEntry> => ({
  settings: { ...CHECK_ENTRY.settings, thresholds: { passing, critical } },
});

const updateInterval = (checkUpdateIntervalMs: number): Partial<CheckEntry> => ({
  settings: { ...CHECK_ENTRY.settings, checkUpdateIntervalMs },
});

beforeEach(() => {
  clock = createVirtualClock(START_MS);
});

afterEach(() => {
  check.actor.stop();
  expect(clock.pending).toBe(0);
});

/** Passing, and known to be. */
const becomePassing = (entry: Partial<CheckEntry> = {}): void => {
  start({ ...entry, status: 'passing', output: 'passing' });
  check.probe('passing');
  expect(check.status()).toBe('passing');
};

/** Critical since now, committed now, a deadline ahead. */
const becomeTimed = (entry: Partial<CheckEntry> = {}): void => {
  becomePassing({ deregisterAfterMs: DEADLINE_MS, ...entry });
  check.probe('critical');
  check.commit();
  expect(check.status()).toEqual({ critical: 'timed' });
};

const becomeConfirming = async (entry: Partial<CheckEntry> = {}): Promise<void> => {
  becomeTimed(entry);
  await clock.advance(DEADLINE_MS);
  expect(check.status()).toEqual({ deregister: 'confirming' });
};

const becomeRemoving = async (entry: Partial<CheckEntry> = {}): Promise<void> => {
  await becomeConfirming(entry);
  check.probe('critical');
  expect(check.status()).toEqual({ deregister: 'removing' });
};

describe('the first result', () => {
  it.each<[catalog: CheckStatus, state: unknown]>([
    ['passing', 'passing'],
    ['warning', 'warning'],
    ['critical', { critical: 'untimed' }],
  ])('from pending on a result equal to the %s of the catalog to %j, with nothing written', (status, state) => {
    start({ status, output: 'same' });
    expect(check.status()).toBe('pending');
    check.probe(status, 'same');
    expect(check.status()).toEqual(state);
    expect(check.submitted).toEqual([]);
    expect(check.output()).toBe('settled');
  });

  it.each<[catalog: CheckStatus, result: CheckStatus, state: unknown]>([
    ['passing', 'critical', { critical: 'untimed' }],
    ['critical', 'passing', 'passing'],
    ['passing', 'warning', 'warning'],
  ])('from pending (%s) on %s writes it at once, and believes it when it is committed', (status, result, state) => {
    start({ status });
    check.probe(result, 'said');
    expect(check.status()).toBe('pending');
    expect(check.submitted).toMatchObject([
      { subject: KEY, isFenced: false, operations: [{ type: 'check.report', id: ID, status: result, output: 'said' }] },
    ]);
    check.commit();
    expect(check.status()).toEqual(state);
    expect(check.actor.getSnapshot().context).toMatchObject({ status: result, output: 'said', reports: [] });
  });

  it('that differs is counted like any other: with critical_threshold 2 the third one is written', () => {
    start(thresholds(0, 2));
    check.probe('critical');
    expect(check.status()).toBe('passing');
    check.probe('critical');
    expect(check.submitted).toHaveLength(0);
    check.probe('critical');
    expect(check.submitted).toHaveLength(1);
  });
});

describe('thresholds', () => {
  it('follow the example of the documentation, and both counters are 0 after a turn', () => {
    becomePassing(thresholds(1, 3));
    for (const status of ['critical', 'critical', 'passing', 'critical', 'critical', 'passing', 'critical'] as const) {
      check.probe(status);
      expect(check.submitted).toHaveLength(0);
    }
    check.probe('critical');
    expect(check.lastWrite()).toMatchObject([{ status: 'critical' }]);
    check.probe('passing');
    expect(check.submitted).toHaveLength(1);
    check.probe('passing');
    expect(check.lastWrite()).toMatchObject([{ status: 'passing' }]);
  });

  it('survive an update of the definition, and change with the settings', () => {
    becomePassing(thresholds(0, 3));
    check.probe('critical');
    check.tell({ type: 'check.updated', deregisterAfterMs: undefined });
    check.probe('critical');
    check.tell({
      type: 'settings.changed',
      settings: { ...CHECK_ENTRY.settings, thresholds: { passing: 0, critical: 2 } },
    });
    expect(check.submitted).toHaveLength(0);
    check.probe('critical');
    expect(check.submitted).toHaveLength(1);
  });
});

describe('the tags', () => {
  const becomeStale = (): void => {
    becomePassing();
    check.probe('passing', 'new words');
  };

  it.each<[state: string, tags: readonly string[], reach: () => void | Promise<void>]>([
    ['pending', [], start],
    ['passing', ['steady'], becomePassing],
    [
      'warning',
      ['steady'],
      () => {
        start({ status: 'warning' });
        check.probe('warning', 'ok');
      },
    ],
    ['timed', ['steady'], becomeTimed],
    ['confirming', [], becomeConfirming],
    ['passing with a newer output', ['steady', 'waiting'], becomeStale],
  ])('tell what need not be told in %s: %j', async (_, tags, reach) => {
    await reach();
    expect([...check.actor.getSnapshot().tags].sort()).toEqual(tags);
  });
});

describe('results of other runs', () => {
  it('is asked anew for every run, and a stale run id is ignored', () => {
    becomePassing();
    check.tell({ type: 'check.due' });
    check.tell({ type: 'check.due' });
    expect(check.runs).toEqual([1, 2, 3]);
    const result = { type: 'check.probed', status: 'critical', output: 'late', sentAtMs: clock.now() } as const;
    check.tell({ ...result, run: 2 });
    expect(check.submitted).toEqual([]);
    expect(check.output()).toBe('settled');
    check.tell({ ...result, run: 3 });
    expect(check.submitted).toHaveLength(1);
  });

  it('counts nothing for a stale run', () => {
    becomePassing(thresholds(0, 1));
    check.tell({ type: 'check.due' });
    check.tell({ type: 'check.probed', run: 1, status: 'critical', output: 'late', sentAtMs: clock.now() });
    check.probe('critical');
    expect(check.submitted).toEqual([]);
    check.probe('critical');
    expect(check.submitted).toHaveLength(1);
  });

  it('ignores the run that was under way when the definition changed', () => {
    becomePassing();
    check.tell({ type: 'check.due' });
    check.tell({ type: 'check.updated', deregisterAfterMs: undefined });
    const result = { type: 'check.probed', run: 2, status: 'critical', output: 'old', sentAtMs: clock.now() } as const;
    check.tell(result);
    expect(check.submitted).toEqual([]);
    check.tell({ type: 'check.due' });
    check.tell(result);
    expect(check.submitted).toEqual([]);
  });
});

describe('a result while a report is owed', () => {
  beforeEach(() => {
    becomePassing();
    check.probe('critical');
  });

  it('of the same status writes nothing more', () => {
    check.probe('critical');
    expect(check.submitted).toHaveLength(1);
  });

  it('of the opposite status takes its place', () => {
    const [older] = check.submitted;
    check.probe('passing');
    expect(check.submitted).toHaveLength(2);
    check.supersede(older);
    expect(check.actor.getSnapshot().context.reports).toMatchObject([{ status: 'passing' }]);
    check.commit();
    expect(check.status()).toBe('passing');
  });

  it('of a third status takes its place', () => {
    check.probe('warning');
    check.supersede(check.submitted[0]);
    check.commit();
    expect(check.status()).toBe('warning');
  });

  it('believes an older write that was on its way, and goes on owing the newer one', () => {
    const [older] = check.submitted;
    check.probe('passing');
    check.commit(older);
    expect(check.status()).toEqual({ critical: 'untimed' });
    expect(check.actor.getSnapshot().context.reports).toMatchObject([{ status: 'passing' }]);
    check.tell({ type: 'check.changed', status: 'critical', output: 'critical' });
    expect(check.withdrawn).toEqual([]);
    check.commit();
    expect(check.status()).toBe('passing');
  });
});

describe('an answer to a write that is not its own', () => {
  const owe = (): void => {
    becomePassing();
    check.probe('critical');
  };

  it.each<[what: string, reach: () => void | Promise<void>]>([
    ['pending', start],
    ['passing', becomePassing],
    ['passing, with a report owed', owe],
    ['timed', becomeTimed],
    ['confirming', becomeConfirming],
    ['removing', becomeRemoving],
  ])('changes nothing in %s', async (_, reach) => {
    await reach();
    const { value, context } = check.actor.getSnapshot();
    const [withdrawn, haste] = [check.withdrawn.length, check.haste()];
    const write = { id: 'other', subject: KEY, isFenced: false, operations: [] };
    check.commit(write);
    for (const rejection of [{ reason: 'untimed' }, { reason: 'changed', status: 'warning' }] as const) {
      check.reject(rejection, write);
    }
    check.supersede(write);
    expect(check.actor.getSnapshot()).toMatchObject({ value, context });
    expect([check.withdrawn.length, check.haste()]).toEqual([withdrawn, haste]);
  });
});

describe('a rejected report', () => {
  beforeEach(() => {
    becomePassing();
    check.probe('critical');
  });

  it.each([{ reason: 'fenced' }, { reason: 'gone' }, { reason: 'refused', detail: 'no' }] as const)(
    'as $reason leaves the committed status and owes nothing; the next failure is written again',
    (rejection) => {
      check.reject(rejection);
      expect(check.status()).toBe('passing');
      expect(check.actor.getSnapshot().context).toMatchObject({ reports: [], counters: { worse: 0, better: 0 } });
      expect(check.submitted).toHaveLength(1);
      check.probe('critical');
      expect(check.submitted).toHaveLength(2);
    },
  );

  it('as changed makes the status of somebody else the current one, takes back what waits, and counts from 0', () => {
    const [older] = check.submitted;
    check.probe('passing');
    check.reject({ reason: 'changed', status: 'warning' }, older);
    expect(check.status()).toBe('warning');
    expect(check.withdrawn).toEqual([KEY]);
    expect(check.actor.getSnapshot().context).toMatchObject({ counters: { worse: 0, better: 0 }, reports: [] });
    check.probe('passing');
    expect(check.lastWrite()).toMatchObject([{ status: 'passing' }]);
  });

  it('does not lose its output', async () => {
    check.reject({ reason: 'refused', detail: 'no' });
    check.probe('passing', 'new words');
    expect(check.output()).toBe('stale');
    await clock.advance(UPDATE_MS);
    expect(check.lastWrite()).toMatchObject([{ status: 'passing', output: 'new words' }]);
  });
});

describe("somebody else's edit", () => {
  it.each<[edit: CheckStatus, state: unknown]>([
    ['warning', 'warning'],
    ['critical', { critical: 'untimed' }],
  ])('from passing on an edit to %s to %j; the next result counts against it', (status, state) => {
    becomePassing();
    check.tell({ type: 'check.changed', status, output: 'by hand' });
    expect(check.status()).toEqual(state);
    expect(check.withdrawn).toEqual([KEY]);
    check.probe('passing');
    expect(check.lastWrite()).toMatchObject([{ status: 'passing', output: 'passing' }]);
  });

  it('sets the counters back', () => {
    becomePassing(thresholds(0, 1));
    check.probe('critical');
    check.tell({ type: 'check.changed', status: 'warning', output: 'by hand' });
    check.probe('critical');
    expect(check.submitted).toHaveLength(0);
    check.probe('critical');
    expect(check.submitted).toHaveLength(1);
  });

  it('takes the place of an own report that is under way', () => {
    becomePassing();
    check.probe('critical');
    check.tell({ type: 'check.changed', status: 'warning', output: 'by hand' });
    expect(check.status()).toBe('warning');
    expect(check.withdrawn).toEqual([KEY]);
    check.commit();
    expect(check.status()).toBe('warning');
  });

  it('is told from the own report that the catalog shows before the answer comes', () => {
    becomePassing();
    check.probe('critical', 'said');
    check.tell({ type: 'check.changed', status: 'critical', output: 'said' });
    expect(check.status()).toBe('passing');
    expect(check.withdrawn).toEqual([]);
    check.commit();
    expect(check.status()).toEqual({ critical: 'untimed' });
  });

  it.each<[status: CheckStatus, output: string, state: unknown]>([
    ['critical', 'by hand', { critical: 'untimed' }],
    ['warning', 'said', 'warning'],
  ])(
    'to %s with the words %j is not taken for the own report, which differs in one of them',
    (status, output, state) => {
      becomePassing();
      check.probe('critical', 'said');
      check.tell({ type: 'check.changed', status, output });
      expect(check.status()).toEqual(state);
      expect(check.withdrawn).toEqual([KEY]);
    },
  );

  it('of the output alone is mended by the next result, after check_update_interval', async () => {
    becomePassing();
    check.tell({ type: 'check.changed', status: 'passing', output: 'by hand' });
    expect(check.submitted).toEqual([]);
    check.probe('passing');
    await clock.advance(UPDATE_MS);
    expect(check.lastWrite()).toMatchObject([{ status: 'passing', output: 'passing' }]);
  });
});

describe('a change of output alone', () => {
  it('waits check_update_interval, to the millisecond, and then carries the newest output', async () => {
    becomePassing();
    check.probe('passing', 'first');
    expect(check.output()).toBe('stale');
    await clock.advance(UPDATE_MS - 1);
    check.probe('passing', 'newest');
    expect(check.submitted).toEqual([]);
    await clock.advance(1);
    expect(check.submitted).toHaveLength(1);
    expect(check.lastWrite()).toEqual([{ type: 'check.report', id: ID, status: 'passing', output: 'newest' }]);
    expect(check.output()).toBe('settled');
    check.commit();
    check.probe('passing', 'newest');
    expect(check.output()).toBe('settled');
  });

  it.each([
    { intervalMs: 300_000, waitsMs: 120_000 },
    { intervalMs: 90_000, waitsMs: 90_000 },
  ])(
    'waits no longer than 2 minutes when the catalog holds none, of $intervalMs ms',
    async ({ intervalMs, waitsMs }) => {
      start({ output: '', ...updateInterval(intervalMs) });
      check.probe('passing', 'first');
      await clock.advance(waitsMs - 1);
      expect(check.submitted).toEqual([]);
      await clock.advance(1);
      expect(check.lastWrite()).toEqual([{ type: 'check.report', id: ID, status: 'passing', output: 'first' }]);
      check.probe('passing', 'second');
      check.commit();
      await clock.advance(intervalMs - 1);
      expect(check.submitted).toHaveLength(1);
      await clock.advance(1);
      expect(check.submitted).toHaveLength(2);
    },
  );

  it('goes out at once when check_update_interval is 0', async () => {
    becomePassing(updateInterval(0));
    check.probe('passing', 'new');
    await clock.advance(0);
    expect(check.lastWrite()).toMatchObject([{ status: 'passing', output: 'new' }]);
  });

  it('goes out with a change of status, and waits no longer', async () => {
    becomePassing();
    check.probe('passing', 'new');
    check.probe('critical', 'newer');
    expect(check.output()).toBe('settled');
    await clock.advance(UPDATE_MS);
    expect(check.submitted).toHaveLength(1);
  });

  it('that turns back in time writes nothing', async () => {
    becomePassing();
    check.probe('passing', 'new');
    check.probe('passing', 'passing');
    expect(check.output()).toBe('settled');
    await clock.advance(UPDATE_MS);
    expect(check.submitted).toEqual([]);
  });

  it('waits the new interval when the settings change', async () => {
    becomePassing();
    check.probe('passing', 'new');
    check.tell({ type: 'settings.changed', settings: { ...CHECK_ENTRY.settings, checkUpdateIntervalMs: 1_000 } });
    await clock.advance(999);
    expect(check.submitted).toEqual([]);
    await clock.advance(1);
    expect(check.submitted).toHaveLength(1);
  });

  it('keeps the clock of a critical check', async () => {
    becomeTimed({ ...updateInterval(10_000) });
    check.probe('critical', 'worse');
    await clock.advance(10_000);
    expect(check.lastWrite()).toEqual([
      { type: 'check.report', id: ID, status: 'critical', output: 'worse' },
      { type: 'criticalSince.set', id: ID, sinceMs: START_MS },
    ]);
    check.commit();
    await clock.advance(DEADLINE_MS - 10_000 - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });
});

describe('DeregisterCriticalServiceAfter', () => {
  it('starts its clock when critical is committed, with the time in the same write', async () => {
    becomePassing({ deregisterAfterMs: DEADLINE_MS });
    check.probe('critical');
    expect(check.lastWrite()).toEqual([
      { type: 'check.report', id: ID, status: 'critical', output: 'critical' },
      { type: 'criticalSince.set', id: ID, sinceMs: START_MS },
    ]);
    await clock.advance(500);
    expect(check.status()).toBe('passing');
    check.commit();
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
    expect(check.haste()).toBe(0);
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
    expect(check.haste()).toBe(1);
  });

  it('puts the right time into KV when critical was committed long after it was seen', async () => {
    becomePassing({ deregisterAfterMs: DEADLINE_MS });
    check.probe('critical');
    await clock.advance(3_600_000);
    check.commit();
    expect(check.status()).toEqual({ critical: 'timed' });
    expect(check.submitted).toHaveLength(2);
    expect(check.lastWrite()).toContainEqual({ type: 'criticalSince.set', id: ID, sinceMs: START_MS + 3_600_000 });
    check.commit();
    expect(check.submitted).toHaveLength(2);
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });

  it('goes on from the time of KV after a restart', async () => {
    start({ status: 'critical', deregisterAfterMs: DEADLINE_MS, criticalSinceMs: START_MS - 20_000 });
    check.probe('critical', 'ok');
    expect(check.status()).toEqual({ critical: 'timed' });
    expect(check.submitted).toEqual([]);
    await clock.advance(9_999);
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });

  it('after a restart past the deadline still wants a failed probe of this instance', async () => {
    start({ status: 'critical', deregisterAfterMs: DEADLINE_MS, criticalSinceMs: START_MS - DEADLINE_MS });
    await clock.advance(1_000);
    expect(check.status()).toBe('pending');
    check.probe('critical', 'ok');
    await clock.advance(0);
    expect(check.status()).toEqual({ deregister: 'confirming' });
    expect(check.submitted).toEqual([]);
  });

  it('writes the unknown clock of a check that is critical already at the first failure', async () => {
    start({ status: 'critical', output: 'critical', deregisterAfterMs: DEADLINE_MS });
    await clock.advance(700);
    check.probe('critical');
    expect(check.status()).toBe('pending');
    expect(check.lastWrite()).toContainEqual({ type: 'criticalSince.set', id: ID, sinceMs: START_MS + 700 });
    check.probe('critical');
    expect(check.submitted).toHaveLength(1);
    check.commit();
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(DEADLINE_MS);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });

  it('clears KV with the recovery, and starts anew with the next failure', async () => {
    becomeTimed();
    await clock.advance(20_000);
    check.probe('passing');
    expect(check.lastWrite()).toContainEqual({ type: 'criticalSince.clear', id: ID });
    check.commit();
    expect(check.status()).toBe('passing');
    check.probe('critical');
    check.commit();
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
  });

  it('takes no time of KV that an earlier failure left behind for that of a new one', () => {
    becomePassing({ deregisterAfterMs: DEADLINE_MS, criticalSinceMs: 1 });
    check.probe('critical');
    expect(check.lastWrite()).toContainEqual({ type: 'criticalSince.set', id: ID, sinceMs: START_MS });
  });

  it.each<[what: string, deregisterAfterMs: number | undefined, leftMs: number | undefined]>([
    ['moves with a longer definition', 60_000, 40_000],
    ['moves with a shorter definition', 25_000, 5_000],
    ['is at once when the new definition is past already', 10_000, 0],
    ['ends with the definition', undefined, undefined],
  ])('%s', async (_, deregisterAfterMs, leftMs) => {
    becomeTimed();
    await clock.advance(20_000);
    check.tell({ type: 'check.updated', deregisterAfterMs });
    if (leftMs === undefined) {
      expect(check.status()).toEqual({ critical: 'untimed' });
      await clock.advance(DEADLINE_MS * 10);
      expect(check.status()).toEqual({ critical: 'untimed' });
      return;
    }
    await clock.advance(Math.max(0, leftMs - 1));
    if (leftMs > 0) expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });

  it('of a definition that gains a deadline starts with the next failure', () => {
    becomePassing();
    check.probe('critical');
    check.commit();
    check.tell({ type: 'check.updated', deregisterAfterMs: DEADLINE_MS });
    expect(check.status()).toEqual({ critical: 'untimed' });
    check.probe('critical');
    check.commit();
    expect(check.status()).toEqual({ critical: 'timed' });
  });

  it('clears KV with the next report when the definition has lost its deadline', () => {
    becomeTimed();
    check.tell({ type: 'check.updated', deregisterAfterMs: undefined });
    check.probe('passing');
    expect(check.lastWrite()).toContainEqual({ type: 'criticalSince.clear', id: ID });
  });
});

describe('confirming', () => {
  it('removes the service only for a failed probe that was sent at or after the due moment', async () => {
    await becomeConfirming();
    check.probe('critical', 'critical', START_MS + DEADLINE_MS - 1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
    check.probe('critical', 'critical', START_MS + DEADLINE_MS);
    expect(check.status()).toEqual({ deregister: 'removing' });
    expect(check.submitted.at(-1)).toMatchObject({
      subject: KEY,
      isFenced: true,
      operations: [{ type: 'service.remove', id: ID }],
    });
  });

  it('counts the failed probe like any other: passing_threshold starts anew', async () => {
    await becomeConfirming(thresholds(1, 0));
    check.probe('passing');
    check.probe('critical');
    expect(check.status()).toEqual({ deregister: 'removing' });
    const writes = check.submitted.length;
    check.probe('passing');
    expect(check.submitted).toHaveLength(writes);
    check.probe('passing');
    expect(check.submitted).toHaveLength(writes + 1);
  });

  it('keeps the service that answers, and is passing once that is committed', async () => {
    await becomeConfirming();
    check.probe('passing');
    expect(check.status()).toEqual({ deregister: 'confirming' });
    expect(check.lastWrite()).toMatchObject([{ status: 'passing' }, { type: 'criticalSince.clear' }]);
    check.commit();
    expect(check.status()).toBe('passing');
  });

  it('removes nothing that failed anew before its recovery was committed: the clock starts anew', async () => {
    await becomeConfirming();
    check.probe('passing');
    const recovery = check.submitted.at(-1);
    await clock.advance(1_000);
    check.probe('critical');
    check.supersede(recovery);
    const sinceMs = START_MS + DEADLINE_MS + 1_000;
    expect(check.lastWrite()).toContainEqual({ type: 'criticalSince.set', id: ID, sinceMs });
    await clock.advance(100);
    check.probe('critical');
    expect(check.status()).toEqual({ deregister: 'confirming' });
    check.commit();
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });

  it('stays, without another probe, when a report with the same clock is committed', async () => {
    await becomeConfirming(updateInterval(DEADLINE_MS));
    check.probe('critical', 'worse', START_MS);
    await clock.advance(DEADLINE_MS);
    check.commit();
    expect(check.status()).toEqual({ deregister: 'confirming' });
    expect(check.haste()).toBe(1);
    expect(check.actor.getSnapshot().context).toMatchObject({ output: 'worse', reports: [] });
  });

  it('goes back to critical when the definition moves the deadline', async () => {
    await becomeConfirming();
    check.tell({ type: 'check.updated', deregisterAfterMs: DEADLINE_MS * 2 });
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.haste()).toBe(2);
  });
});

describe('removing', () => {
  const removalId = (): string | undefined => check.actor.getSnapshot().context.removalId;

  it('ends in removed when the removal is committed, and runs no more', async () => {
    await becomeRemoving();
    check.commit();
    expect(check.status()).toEqual({ deregister: 'removed' });
    const runs = check.runs.length;
    check.tell({ type: 'check.due' });
    expect(check.runs).toHaveLength(runs);
  });

  it.each([{ reason: 'fenced' }, { reason: 'gone' }, { reason: 'refused', detail: 'no' }] as const)(
    'keeps the service when the removal is rejected as $reason, until it fails again',
    async (rejection) => {
      await becomeRemoving();
      check.reject(rejection);
      expect(check.status()).toEqual({ deregister: 'confirming' });
      check.probe('critical');
      expect(check.status()).toEqual({ deregister: 'removing' });
    },
  );

  it('starts a new clock with the next failure when KV no longer knows of the old one', async () => {
    await becomeRemoving();
    check.reject({ reason: 'untimed' });
    expect(check.status()).toEqual({ critical: 'untimed' });
    expect(removalId()).toBeUndefined();
    check.probe('critical');
    expect(check.lastWrite()).toMatchObject([{ status: 'critical' }, { sinceMs: clock.now() }]);
    check.commit();
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual({ critical: 'timed' });
    await clock.advance(1);
    expect(check.status()).toEqual({ deregister: 'confirming' });
  });

  it('asks anew when the writer has let the removal go', async () => {
    await becomeRemoving();
    check.supersede();
    expect(check.status()).toEqual({ deregister: 'confirming' });
    expect(removalId()).toBeUndefined();
  });

  it('submits one removal however often the probe fails meanwhile', async () => {
    await becomeRemoving();
    const writes = check.submitted.length;
    check.probe('critical');
    check.probe('critical');
    expect(check.submitted).toHaveLength(writes);
  });

  it('takes the removal back when the target answers, and reports it', async () => {
    await becomeRemoving();
    const removal = check.submitted.at(-1);
    check.probe('passing');
    expect(check.withdrawn).toEqual([KEY]);
    expect(removalId()).toBeUndefined();
    expect(check.lastWrite()).toMatchObject([{ status: 'passing' }, { type: 'criticalSince.clear' }]);
    check.supersede(removal);
    check.commit();
    expect(check.status()).toBe('passing');
  });

  it('takes the removal back when the target answers, though passing_threshold wants more', async () => {
    await becomeRemoving(thresholds(1, 0));
    const writes = check.submitted.length;
    check.probe('warning');
    expect(check.withdrawn).toEqual([KEY]);
    expect(removalId()).toBeUndefined();
    expect(check.status()).toEqual({ deregister: 'confirming' });
    expect(check.submitted).toHaveLength(writes);
    check.probe('passing');
    expect(check.lastWrite()).toMatchObject([{ status: 'passing' }, { type: 'criticalSince.clear' }]);
  });

  it.each<[what: string, tell: () => void, state: unknown]>([
    [
      'the definition changes',
      () => {
        check.tell({ type: 'check.updated', deregisterAfterMs: 2 * DEADLINE_MS });
      },
      { critical: 'timed' },
    ],
    [
      'somebody else sets the status',
      () => {
        check.tell({ type: 'check.changed', status: 'passing', output: 'by hand' });
      },
      'passing',
    ],
  ])('takes the removal back when %s', async (_, tell, state) => {
    await becomeRemoving();
    tell();
    expect(check.withdrawn).toContain(KEY);
    expect(removalId()).toBeUndefined();
    expect(check.status()).toEqual(state);
    check.supersede();
    await clock.advance(DEADLINE_MS - 1);
    expect(check.status()).toEqual(state);
  });

  it('takes the removal back when an older report turns out to be overruled', async () => {
    await becomeConfirming(updateInterval(DEADLINE_MS));
    check.probe('critical', 'worse', START_MS);
    await clock.advance(DEADLINE_MS);
    const report = check.submitted.at(-1);
    check.probe('critical', 'worse');
    expect(check.status()).toEqual({ deregister: 'removing' });
    check.reject({ reason: 'changed', status: 'passing' }, report);
    expect(check.status()).toBe('passing');
    expect(check.withdrawn).toContain(KEY);
  });

  it('forgets the report whose place the removal took', async () => {
    await becomeConfirming(updateInterval(DEADLINE_MS));
    check.probe('critical', 'worse', START_MS);
    await clock.advance(DEADLINE_MS);
    const report = check.submitted.at(-1);
    check.probe('critical', 'worse');
    check.supersede(report);
    expect(check.actor.getSnapshot().context.reports).toEqual([]);
    expect(check.status()).toEqual({ deregister: 'removing' });
  });

  it('is not displaced by a change of output, which goes out once the removal is rejected', async () => {
    await becomeRemoving(updateInterval(1_000));
    const removal = check.submitted.at(-1);
    check.probe('critical', 'other words');
    await clock.advance(1_000);
    expect(check.output()).toBe('due');
    expect(check.submitted.at(-1)).toBe(removal);
    check.reject({ reason: 'fenced' });
    expect(check.lastWrite()).toMatchObject([{ status: 'critical', output: 'other words' }, { sinceMs: START_MS }]);
    expect(check.output()).toBe('settled');
  });

  it('drops the waiting output when the old words come back', async () => {
    await becomeRemoving(updateInterval(1_000));
    const writes = check.submitted.length;
    check.probe('critical', 'other words');
    await clock.advance(1_000);
    check.probe('critical', 'critical');
    expect(check.output()).toBe('settled');
    expect(check.submitted).toHaveLength(writes);
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    start();
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
