import { describe, expect, it } from 'vitest';
import {
  believedNode,
  isFailureContested,
  isReportDue,
  nodeRemovalWrite,
  nodeReportWrite,
  openWatchbook,
  plannedNodeRemoval,
  removalDueMs,
  reportedNode,
  type NodeEntry,
  type Watchbook,
} from '../../../machines/rules/watchbook.ts';
import { NODE_ENTRY } from '../../support/node-chart.ts';

const HOUR_MS = NODE_ENTRY.settings.nodeHealthRefreshIntervalMs;
const open = (entry: Partial<NodeEntry> = {}): Watchbook => openWatchbook({ ...NODE_ENTRY, startedAtMs: 0, ...entry });
const after = (book: Watchbook, change: Partial<Watchbook>): Watchbook => ({ ...book, ...change });
const report = (book: Watchbook, status: 'passing' | 'critical', atMs: number): Watchbook =>
  after(book, reportedNode(book, status, atMs));

describe('isReportDue', () => {
  const failing: Partial<NodeEntry> = { status: 'critical', failingSinceMs: 5 };
  const owed = report(open(), 'critical', 1);

  it.each<[what: string, book: Watchbook, status: 'passing' | 'critical', atMs: number, expected: boolean]>([
    ['the same, just written', open(), 'passing', 1, false],
    ['the same, a moment before the refresh', open(), 'passing', HOUR_MS - 1, false],
    ['the same, when the refresh is due', open(), 'passing', HOUR_MS, true],
    ['a failure', open(), 'critical', 1, true],
    ['a failure that goes on', open(failing), 'critical', 1, false],
    ['a failure that KV does not hold', open({ status: 'critical' }), 'critical', 1, true],
    ['an answer', open(failing), 'passing', 1, true],
    ['an answer, though KV alone still holds a failure', open({ failingSinceMs: 5 }), 'passing', 1, true],
    ['a failure that the catalog denies', open({ failingSinceMs: 5 }), 'critical', 1, true],
    ['anything when the catalog has no status', open({ status: undefined }), 'passing', 1, true],
    ['what is owed already, even at the refresh', owed, 'critical', 2 * HOUR_MS, false],
    ['the opposite of what is owed', owed, 'passing', 2, true],
  ])('%s: case %#', (_, book, status, atMs, expected) => {
    expect(isReportDue(book, status, atMs)).toBe(expected);
  });
});

describe('the time of failure', () => {
  it('is the first failure, kept by later ones and ended by an answer', () => {
    const first = report(open(), 'critical', 100);
    const believed = after(first, believedNode(first, 150));
    expect(believed).toMatchObject({ status: 'critical', failingSinceMs: 100, writtenAtMs: 150, report: undefined });
    expect(report(believed, 'critical', 200).report).toMatchObject({ failingSinceMs: 100 });
    const answered = report(believed, 'passing', 300);
    expect(answered.report).toMatchObject({ failingSinceMs: undefined });
    expect(report(answered, 'critical', 400).report).toMatchObject({ failingSinceMs: 400 });
  });

  it('says when the node is to be removed, by what is committed', () => {
    expect(removalDueMs(open())).toBe(Infinity);
    expect(removalDueMs(report(open(), 'critical', 100))).toBe(Infinity);
    expect(removalDueMs(open({ failingSinceMs: 100 }))).toBe(100 + NODE_ENTRY.settings.nodeReconnectTimeoutMs);
  });

  it('is contested while a report would end it or date it anew', () => {
    const failing = open({ status: 'critical', failingSinceMs: 5 });
    expect(isFailureContested(failing)).toBe(false);
    expect(isFailureContested(report(failing, 'critical', HOUR_MS))).toBe(false);
    const answered = report(failing, 'passing', 10);
    expect(isFailureContested(answered)).toBe(true);
    expect(isFailureContested(report(answered, 'critical', 20))).toBe(true);
  });
});

describe('writes', () => {
  it('bear ids of their own', () => {
    const book = report(report(open(), 'critical', 1), 'passing', 2);
    const planned = after(book, plannedNodeRemoval(book));
    const other = report(open({ incarnation: 'next life' }), 'critical', 1);
    const ids = [report(open(), 'critical', 1).report?.writeId, book.report?.writeId, planned.removalId];
    expect(new Set([...ids, other.report?.writeId]).size).toBe(4);
  });

  it('of report and removal speak of one subject', () => {
    const book = report(open(), 'critical', 1);
    const planned = after(book, plannedNodeRemoval(book));
    expect(nodeRemovalWrite(planned)).toMatchObject({ id: planned.removalId, isFenced: true });
    expect(nodeRemovalWrite(planned).subject).toBe(nodeReportWrite(book).subject);
  });

  it('are not made of nothing', () => {
    expect(believedNode(open(), 1)).toEqual({});
    expect(() => nodeReportWrite(open())).toThrow('no report to write for node foo');
    expect(() => nodeRemovalWrite(open())).toThrow('no removal to write for node foo');
  });
});
