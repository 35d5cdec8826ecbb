import { describe, expect, it } from 'vitest';
import type { CheckStatus } from '../../../machines/model.ts';
import { openLedger, type Ledger } from '../../../machines/rules/ledger.ts';
import { isPingUneventful, isUneventful } from '../../../machines/rules/uneventful.ts';
import { openWatchbook, type NodeEntry } from '../../../machines/rules/watchbook.ts';
import { CHECK_ENTRY } from '../../support/check-chart.ts';
import { NODE_ENTRY } from '../../support/node-chart.ts';

describe('a result', () => {
  const ledger = openLedger(CHECK_ENTRY);
  const counting: Ledger = { ...ledger, counters: { worse: 1, better: 0 } };
  const waiting: Ledger = { ...ledger, latestOutput: 'new' };
  const untimed: Ledger = { ...ledger, status: 'critical', deregisterAfterMs: 1 };

  it.each<[what: string, ledger: Ledger, status: CheckStatus, output: string, isWaiting: boolean, expected: boolean]>([
    ['the same once more', ledger, 'passing', 'ok', false, true],
    ['another status', ledger, 'critical', 'ok', false, false],
    ['one that lowers a counter', counting, 'passing', 'ok', false, false],
    ['another output', ledger, 'passing', 'new', false, false],
    ['an output that nobody waits to write', waiting, 'passing', 'new', false, false],
    ['an output that waits to be written already', waiting, 'passing', 'new', true, true],
    ['the old output, while another waits', waiting, 'passing', 'ok', true, false],
    ['one that starts the clock', untimed, 'critical', 'ok', false, false],
  ])('%s: %#', (_, known, status, output, isWaiting, expected) => {
    expect(isUneventful(known, { status, output, atMs: 1 }, isWaiting)).toBe(expected);
  });
});

describe('a ping', () => {
  const book = (entry: Partial<NodeEntry> = {}) => openWatchbook({ ...NODE_ENTRY, startedAtMs: 0, ...entry });
  const failing = book({ status: 'critical', failingSinceMs: 0 });

  it.each([
    ['an answer of one that is alive', book(), true, 1, true],
    ['silence of one that is alive', book(), false, 1, false],
    ['silence of one that is suspect', failing, false, 1, true],
    ['an answer of one that is suspect', failing, true, 1, false],
    ['an answer when the refresh is due', book(), true, NODE_ENTRY.settings.nodeHealthRefreshIntervalMs, false],
  ])('%s: %#', (_, known, isReachable, atMs, expected) => {
    expect(isPingUneventful(known, isReachable, atMs)).toBe(expected);
  });
});
