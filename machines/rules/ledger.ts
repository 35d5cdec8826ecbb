/** What is known of a check and what is owed to the catalog. How it changes stands in bookkeeping.ts. */
import type { CheckId, CheckKey, CheckStatus } from '../model.ts';
import type { CheckReport } from './report.ts';
import { isTurning, NO_COUNTERS, type Counters, type Thresholds } from './threshold.ts';

export interface CheckSettings {
  readonly thresholds: Thresholds;
  /** How long a change of output alone may wait to be written. */
  readonly checkUpdateIntervalMs: number;
}

/** A check as the roster hands it over. */
export interface CheckEntry {
  readonly key: CheckKey;
  readonly id: CheckId;
  /** Status and output as the catalog holds them. */
  readonly status: CheckStatus;
  readonly output: string;
  /** How long the check may be critical before its service is removed; undefined: for ever. */
  readonly deregisterAfterMs: number | undefined;
  /** The time that KV holds, if it is this check's. */
  readonly criticalSinceMs: number | undefined;
  readonly settings: CheckSettings;
  /** Unique for this start of the check: keeps its write ids apart from those of an earlier life. */
  readonly incarnation: string;
}

export interface Ledger extends CheckEntry {
  readonly counters: Counters;
  /** What the last result said; the catalog's until there is one. */
  readonly latestOutput: string;
  /**
   * What the writer has and has not answered, oldest first: one may be on its way to Consul while a newer one waits. The
   * newest one's status, not the committed one, is what results are weighed against.
   */
  readonly reports: readonly CheckReport[];
  /** Write id of the removal that waits to be committed. */
  readonly removalId: string | undefined;
  /** The run whose result is awaited; results of others are stale. */
  readonly run: number;
  /** How many writes this start of the check has made. */
  readonly writes: number;
}

/** The result of a run, as the ledger sees it. */
export interface CheckResult {
  readonly status: CheckStatus;
  readonly output: string;
  readonly atMs: number;
}

/** One for all: nearly all checks owe nothing. */
export const NO_REPORTS: readonly CheckReport[] = [];

/** The entry comes last: V8 gives a hidden class of its own to each object that is copied first and added to then. */
export const openLedger = (entry: CheckEntry): Ledger => ({
  counters: NO_COUNTERS,
  latestOutput: entry.output,
  reports: NO_REPORTS,
  removalId: undefined,
  run: 0,
  writes: 0,
  ...entry,
});

export const newestReport = (ledger: Ledger): CheckReport | undefined => ledger.reports.at(-1);

export const findReport = ({ reports }: Ledger, writeId: string): CheckReport | undefined =>
  reports.find((report) => report.writeId === writeId);

export const currentStatus = (ledger: Ledger): CheckStatus => newestReport(ledger)?.status ?? ledger.status;

export const writtenOutput = (ledger: Ledger): string => newestReport(ledger)?.output ?? ledger.output;

/** Has nobody written an output yet? */
export const lacksOutput = (ledger: Ledger): boolean => writtenOutput(ledger) === '';

/** Nobody has to wait longer to see that a check is run. Long enough that in a fresh catalog nearly all are asked before the first of them write. */
const FIRST_OUTPUT_MS = 120_000;

/** How long a new output may wait to be written, in milliseconds. */
export const outputWaitMs = (ledger: Ledger): number => {
  const { checkUpdateIntervalMs } = ledger.settings;
  return lacksOutput(ledger) ? Math.min(FIRST_OUTPUT_MS, checkUpdateIntervalMs) : checkUpdateIntervalMs;
};

/** Does the result change the status? */
export const turns = (ledger: Ledger, result: CheckResult): boolean =>
  isTurning(ledger.counters, currentStatus(ledger), result.status, ledger.settings.thresholds);
