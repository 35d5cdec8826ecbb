/** How results, answers and other people's edits change a check's ledger, and what the ledger has written. */
import type { CheckStatus, Write } from '../model.ts';
import { clockOf, criticalSince } from './deadline.ts';
import { currentStatus, findReport, newestReport, NO_REPORTS, turns, type CheckResult, type Ledger } from './ledger.ts';
import { checkReport, serviceRemoval } from './report.ts';
import { count, NO_COUNTERS } from './threshold.ts';

const nextWriteId = (ledger: Ledger): string => `${ledger.key}\0${ledger.incarnation}\0${ledger.writes}`;

/** A result that changes nothing but the counters. */
export const counted = (ledger: Ledger, result: CheckResult): Pick<Ledger, 'counters' | 'latestOutput'> => ({
  counters: count(ledger.counters, currentStatus(ledger), result.status),
  latestOutput: result.output,
});

/** The daemon has something to say: it stands in `reports` until the writer's answer. */
const reported = (ledger: Ledger, status: CheckStatus, output: string, atMs?: number): Partial<Ledger> => {
  const criticalSinceMs = criticalSince(ledger, status, atMs);
  const report = { writeId: nextWriteId(ledger), status, output, criticalSinceMs };
  return { writes: ledger.writes + 1, reports: [...ledger.reports, report] };
};

/** A result that must be written: it turns the status, or starts the clock of a status that holds already. */
export const reportedResult = (ledger: Ledger, result: CheckResult): Partial<Ledger> => {
  const { counters, latestOutput } = counted(ledger, result);
  return {
    counters: turns(ledger, result) ? NO_COUNTERS : counters,
    latestOutput,
    ...reported(ledger, result.status, result.output, result.atMs),
  };
};

/** The newest output, or the clock in force, of a status that holds already. */
export const reportedAnew = (ledger: Ledger): Partial<Ledger> =>
  reported(ledger, currentStatus(ledger), ledger.latestOutput);

/** Consul has committed the report: it is the truth now. Newer ones stay owed. */
export const believed = (ledger: Ledger, writeId: string, atMs: number): Partial<Ledger> => {
  const report = findReport(ledger, writeId);
  if (report === undefined) return {};
  const { status, output } = report;
  const isNewest = report === newestReport(ledger);
  const reports = isNewest ? NO_REPORTS : ledger.reports.slice(ledger.reports.indexOf(report) + 1);
  return { status, output, criticalSinceMs: clockOf(ledger, report, atMs), reports };
};

/** The report will not be written; what Consul holds stays the truth. */
export const dismissed = (ledger: Ledger, writeId: string): Partial<Ledger> => ({
  reports: ledger.reports.filter((report) => report.writeId !== writeId),
});

/** Somebody else set the status: it counts from now on, and what was owed is void. */
export const overruled = (status: CheckStatus): Partial<Ledger> => ({
  status,
  counters: NO_COUNTERS,
  criticalSinceMs: undefined,
  reports: NO_REPORTS,
  removalId: undefined,
});

export const plannedRemoval = (ledger: Ledger): Partial<Ledger> => ({
  removalId: nextWriteId(ledger),
  writes: ledger.writes + 1,
});

/** The newest report as the writer takes it. Throws when nothing is owed: the chart submits only what it has made. */
export const reportWrite = (ledger: Ledger): Write => {
  const { key, id, deregisterAfterMs, criticalSinceMs } = ledger;
  const report = newestReport(ledger);
  if (report === undefined) throw new Error(`no report to write for ${id.node}/${id.checkId}`);
  return checkReport(key, id, report, deregisterAfterMs !== undefined || criticalSinceMs !== undefined);
};

/** The removal as the writer takes it. Throws when none is planned. */
export const removalWrite = ({ key, id, removalId }: Ledger): Write => {
  if (removalId === undefined) throw new Error(`no removal to write for ${id.node}/${id.checkId}`);
  return serviceRemoval(removalId, key, id);
};
