/** What is known of a check and what is owed to the catalog, and how results, answers and other people's edits change it. */
import type { CheckId, CheckKey, CheckStatus, Write } from '../model.ts';
import { checkReport, serviceRemoval, type CheckReport } from './report.ts';
import { count, isTurning, NO_COUNTERS, type Counters, type Thresholds } from './threshold.ts';

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
  /** What waits to be committed. Its status, not the committed one, is what results are weighed against. */
  readonly report: CheckReport | undefined;
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

export const openLedger = (entry: CheckEntry): Ledger => ({
  ...entry,
  counters: NO_COUNTERS,
  latestOutput: entry.output,
  report: undefined,
  removalId: undefined,
  run: 0,
  writes: 0,
});

export const currentStatus = (ledger: Ledger): CheckStatus => ledger.report?.status ?? ledger.status;

export const writtenOutput = (ledger: Ledger): string => ledger.report?.output ?? ledger.output;

const nextWriteId = (ledger: Ledger): string => `${ledger.key}\0${ledger.incarnation}\0${ledger.writes}`;

/** Since when a report of `status` says that the check is critical: a running deadline goes on, a new one starts at `atMs`. */
const criticalSince = (ledger: Ledger, status: CheckStatus, atMs: number | undefined): number | undefined => {
  if (status !== 'critical' || ledger.deregisterAfterMs === undefined) return undefined;
  return ledger.report?.criticalSinceMs ?? ledger.criticalSinceMs ?? atMs;
};

export const turns = (ledger: Ledger, result: CheckResult): boolean =>
  isTurning(ledger.counters, currentStatus(ledger), result.status, ledger.settings.thresholds);

/** Is the check critical with a deadline whose start stands nowhere yet? */
export const lacksDeadline = (ledger: Ledger, result: CheckResult): boolean =>
  result.status === 'critical' &&
  currentStatus(ledger) === 'critical' &&
  ledger.deregisterAfterMs !== undefined &&
  criticalSince(ledger, 'critical', undefined) === undefined;

/** When the service is to be removed; Infinity: never. */
export const deadlineMs = ({ criticalSinceMs = Infinity, deregisterAfterMs = Infinity }: Ledger): number =>
  criticalSinceMs + deregisterAfterMs;

export const counted = (ledger: Ledger, result: CheckResult): Partial<Ledger> => ({
  counters: count(ledger.counters, currentStatus(ledger), result.status),
  latestOutput: result.output,
});

/** The daemon has something to say: it stands in `report` until the writer's answer. `atMs` undefined starts no deadline. */
export const reported = (ledger: Ledger, status: CheckStatus, output: string, atMs?: number): Partial<Ledger> => ({
  latestOutput: output,
  counters: status === currentStatus(ledger) ? ledger.counters : NO_COUNTERS,
  writes: ledger.writes + 1,
  report: { writeId: nextWriteId(ledger), status, output, criticalSinceMs: criticalSince(ledger, status, atMs) },
});

/** Consul has committed the report: it is the truth now. */
export const believed = ({ report }: Ledger): Partial<Ledger> =>
  report === undefined
    ? {}
    : { status: report.status, output: report.output, criticalSinceMs: report.criticalSinceMs, report: undefined };

/** Somebody else set the status: it counts from now on, and what was owed is void. */
export const overruled = (status: CheckStatus): Partial<Ledger> => ({
  status,
  counters: NO_COUNTERS,
  criticalSinceMs: undefined,
  report: undefined,
  removalId: undefined,
});

export const plannedRemoval = (ledger: Ledger): Partial<Ledger> => ({
  removalId: nextWriteId(ledger),
  writes: ledger.writes + 1,
});

/** The report as the writer takes it. Throws when nothing is owed: the chart submits only what it has made. */
export const reportWrite = ({ key, id, report, deregisterAfterMs, criticalSinceMs }: Ledger): Write => {
  if (report === undefined) throw new Error(`no report to write for ${id.node}/${id.checkId}`);
  return checkReport(key, id, report, deregisterAfterMs !== undefined || criticalSinceMs !== undefined);
};

/** The removal as the writer takes it. Throws when none is planned. */
export const removalWrite = ({ key, id, removalId }: Ledger): Write => {
  if (removalId === undefined) throw new Error(`no removal to write for ${id.node}/${id.checkId}`);
  return serviceRemoval(removalId, key, id);
};
