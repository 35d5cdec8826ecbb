import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckStatus, WriteOperation } from '../../../machines/model.ts';
import {
  believed,
  counted,
  dismissed,
  overruled,
  plannedRemoval,
  removalWrite,
  reportedAnew,
  reportedResult,
  reportWrite,
} from '../../../machines/rules/bookkeeping.ts';
import { deadlineMs, isClockContested, isClockLate, lacksDeadline } from '../../../machines/rules/deadline.ts';
import {
  currentStatus,
  findReport,
  openLedger,
  turns,
  writtenOutput,
  type CheckEntry,
  type Ledger,
} from '../../../machines/rules/ledger.ts';
import { CHECK_ENTRY } from '../../support/check-chart.ts';

const open = (entry: Partial<CheckEntry> = {}): Ledger => openLedger({ ...CHECK_ENTRY, ...entry });
const after = (ledger: Ledger, change: Partial<Ledger>): Ledger => ({ ...ledger, ...change });
const result = (status: CheckStatus, atMs = 1_000, output: string = status) => ({ status, output, atMs });
const report = (ledger: Ledger, status: CheckStatus, atMs?: number): Ledger =>
  after(ledger, reportedResult(ledger, result(status, atMs)));
const newestId = (ledger: Ledger): string => ledger.reports.at(-1)!.writeId;

describe('what is current', () => {
  it('is what the newest report says, and the catalog once none is owed', () => {
    const closed = open({ output: 'ok' });
    const owed = report(report(closed, 'critical'), 'warning');
    expect([currentStatus(closed), writtenOutput(closed)]).toEqual(['passing', 'ok']);
    expect([currentStatus(owed), writtenOutput(owed)]).toEqual(['warning', 'warning']);
    const refused = owed.reports.reduce((ledger, { writeId }) => after(ledger, dismissed(ledger, writeId)), owed);
    expect([currentStatus(refused), writtenOutput(refused)]).toEqual(['passing', 'ok']);
  });

  it('is weighed by counters that a turn sets back and an equal result lowers', () => {
    const thresholds = { passing: 2, critical: 2 };
    const ledger = open({ settings: { ...CHECK_ENTRY.settings, thresholds } });
    const counting = after(ledger, counted(ledger, result('critical')));
    expect(counting).toMatchObject({ counters: { worse: 1, better: 0 }, latestOutput: 'critical', reports: [] });
    const twice = after(counting, counted(counting, result('critical')));
    expect(turns(counting, result('critical'))).toBe(false);
    expect(turns(twice, result('critical'))).toBe(true);
    expect(report(twice, 'critical').counters).toEqual({ worse: 0, better: 0 });
  });

  it('starting a clock on an equal result lowers the counters too', () => {
    const ledger = { ...open({ status: 'critical', deregisterAfterMs: 1 }), counters: { worse: 0, better: 2 } };
    expect(report(ledger, 'critical').counters).toEqual({ worse: 0, better: 1 });
  });
});

describe('answers', () => {
  it('believed makes the report the truth, forgets older ones and keeps newer ones', () => {
    const owed = report(report(report(open(), 'critical'), 'warning'), 'passing');
    const [, middle, newest] = owed.reports;
    const ledger = after(owed, believed(owed, middle!.writeId, 2_000));
    expect(ledger).toMatchObject({ status: 'warning', output: 'warning', reports: [newest] });
    expect(believed(owed, 'unknown', 2_000)).toEqual({});
    expect(findReport(ledger, middle!.writeId)).toBeUndefined();
  });

  it('overruled voids everything that was owed', () => {
    const owed = report(open({ deregisterAfterMs: 1 }), 'critical', 5);
    const planned = after(owed, plannedRemoval(owed));
    expect(after(planned, overruled('warning'))).toMatchObject({
      status: 'warning',
      reports: [],
      removalId: undefined,
      criticalSinceMs: undefined,
      counters: { worse: 0, better: 0 },
    });
  });

  it('write ids differ within a life and between lives', () => {
    const first = report(report(open(), 'critical'), 'passing');
    const second = report(open({ incarnation: 'next life' }), 'critical');
    const ids = [...first.reports, ...second.reports].map(({ writeId }) => writeId);
    const removal = after(first, plannedRemoval(first)).removalId!;
    expect(new Set([...ids, removal]).size).toBe(4);
  });
});

describe('the clock', () => {
  const timed = { deregisterAfterMs: 30_000 };

  it.each<[what: string, ledger: Ledger, expected: number]>([
    ['never without a definition', open({ criticalSinceMs: 5 }), Infinity],
    ['never without a clock', open(timed), Infinity],
    ['the sum of both', open({ ...timed, criticalSinceMs: 5 }), 30_005],
  ])('is due %s', (_, ledger, expected) => {
    expect(deadlineMs(ledger)).toBe(expected);
  });

  it('starts anew with a turn to critical, whatever KV still holds', () => {
    expect(report(open({ ...timed, criticalSinceMs: 5 }), 'critical', 9_000).reports).toMatchObject([
      { criticalSinceMs: 9_000 },
    ]);
  });

  it('runs on through reports of the same status, and through none better', () => {
    const ledger = open({ ...timed, status: 'critical', criticalSinceMs: 5 });
    expect(after(ledger, reportedAnew(ledger)).reports).toMatchObject([{ criticalSinceMs: 5 }]);
    const flapped = report(report(ledger, 'warning', 7_000), 'critical', 8_000);
    expect(flapped.reports.map(({ criticalSinceMs }) => criticalSinceMs)).toEqual([undefined, 8_000]);
  });

  it('is contested while a report would stop or start it', () => {
    const ledger = open({ ...timed, status: 'critical', criticalSinceMs: 5 });
    expect(isClockContested(ledger)).toBe(false);
    expect(isClockContested(after(ledger, reportedAnew(ledger)))).toBe(false);
    expect(isClockContested(report(ledger, 'passing'))).toBe(true);
    expect(isClockContested(report(report(ledger, 'passing'), 'critical'))).toBe(true);
  });

  it('that a report starts, starts when it is committed; one that runs is kept', () => {
    const started = report(open(timed), 'critical', 1_000);
    expect(believed(started, newestId(started), 4_000)).toMatchObject({ criticalSinceMs: 4_000 });
    const running = open({ ...timed, status: 'critical', criticalSinceMs: 5 });
    const again = after(running, reportedAnew(running));
    expect(believed(again, newestId(again), 4_000)).toMatchObject({ criticalSinceMs: 5 });
    const ended = report(running, 'passing');
    expect(believed(ended, newestId(ended), 4_000)).toMatchObject({ criticalSinceMs: undefined });
  });

  it.each<[atMs: number, expected: boolean]>([
    [1_000, false],
    [2_000, false],
    [2_001, true],
  ])('of KV is late when %i is the commit of what was seen at 1000: %s', (atMs, expected) => {
    const ledger = report(open(timed), 'critical', 1_000);
    expect(isClockLate(ledger, newestId(ledger), atMs)).toBe(expected);
  });

  it('of KV is not mended by an older report, by a running clock, or without one', () => {
    const older = report(report(open(timed), 'critical', 1_000), 'warning', 2_000);
    expect(isClockLate(older, older.reports[0]!.writeId, 9_000)).toBe(false);
    expect(isClockLate(older, newestId(older), 9_000)).toBe(false);
    const running = open({ ...timed, status: 'critical', criticalSinceMs: 5 });
    const again = after(running, reportedAnew(running));
    expect(isClockLate(again, newestId(again), 9_000)).toBe(false);
  });

  it.each<[what: string, entry: Partial<CheckEntry>, status: CheckStatus, expected: boolean]>([
    ['critical with a deadline and no time', { ...timed, status: 'critical' }, 'critical', true],
    ['whose time is known', { ...timed, status: 'critical', criticalSinceMs: 5 }, 'critical', false],
    ['without a deadline', { status: 'critical' }, 'critical', false],
    ['that turns to critical just now', timed, 'critical', false],
    ['that answers', { ...timed, status: 'critical' }, 'passing', false],
  ])('is lacking of a check %s: case %#', (_, entry, status, expected) => {
    expect(lacksDeadline(open(entry), result(status))).toBe(expected);
  });
});

describe('writes', () => {
  const types = (operations: readonly WriteOperation[]): string[] => operations.map(({ type }) => type);

  it.each<[what: string, entry: Partial<CheckEntry>, status: CheckStatus, expected: string[]]>([
    ['no clock without a deadline', {}, 'critical', ['check.report']],
    ['its start', { deregisterAfterMs: 1 }, 'critical', ['check.report', 'criticalSince.set']],
    [
      'its end',
      { deregisterAfterMs: 1, status: 'critical', criticalSinceMs: 5 },
      'passing',
      ['check.report', 'criticalSince.clear'],
    ],
    [
      'the end of one that another instance may have put there',
      { deregisterAfterMs: 1, status: 'critical' },
      'passing',
      ['check.report', 'criticalSince.clear'],
    ],
    [
      'the end of one that no deadline needs any more',
      { status: 'critical', criticalSinceMs: 5 },
      'passing',
      ['check.report', 'criticalSince.clear'],
    ],
  ])('carry %s', (_, entry, status, expected) => {
    const write = reportWrite(report(open(entry), status));
    expect(types(write.operations)).toEqual(expected);
    expect(write).toMatchObject({ subject: CHECK_ENTRY.key, isFenced: false });
  });

  it('a removal is fenced, and takes the place of a report', () => {
    const ledger = after(open(), plannedRemoval(open()));
    expect(removalWrite(ledger)).toEqual({
      id: ledger.removalId,
      subject: CHECK_ENTRY.key,
      isFenced: true,
      operations: [{ type: 'service.remove', id: CHECK_ENTRY.id }],
    });
  });

  it('are not made of nothing', () => {
    expect(() => reportWrite(open())).toThrow('no report to write for foo/service:web1');
    expect(() => removalWrite(open())).toThrow('no removal to write for foo/service:web1');
  });
});

const aResult = fc.record({
  status: fc.constantFrom<CheckStatus>('passing', 'warning', 'critical'),
  gapMs: fc.integer({ min: 1, max: 10_000 }),
  /** Which of the owed reports is committed after the result; none: undefined. */
  commits: fc.option(fc.nat(5), { nil: undefined }),
});

describe('any results and commits', () => {
  it('a clock never starts before the last result that was not critical', () => {
    fc.assert(
      fc.property(fc.array(aResult, { maxLength: 40 }), (steps) => {
        let ledger = open({ deregisterAfterMs: 30_000 });
        let nowMs = 0;
        let lastGoodMs = 0;
        for (const { status, gapMs, commits } of steps) {
          nowMs += gapMs;
          if (status !== 'critical') lastGoodMs = nowMs;
          const next = result(status, nowMs);
          const isNews = turns(ledger, next) || lacksDeadline(ledger, next);
          ledger = after(ledger, isNews ? reportedResult(ledger, next) : counted(ledger, next));
          if (currentStatus(ledger) === 'critical') {
            const sinceMs = (ledger.reports.at(-1) ?? ledger).criticalSinceMs;
            expect(sinceMs).toBeGreaterThan(lastGoodMs);
          }
          const answered = commits === undefined ? undefined : ledger.reports[commits];
          if (answered !== undefined) ledger = after(ledger, believed(ledger, answered.writeId, nowMs));
        }
      }),
    );
  });
});
