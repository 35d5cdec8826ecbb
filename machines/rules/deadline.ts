/** Since when a check is critical, and when its service is to be removed for it; behaviour.md section 4. */
import type { CheckStatus } from '../model.ts';
import { currentStatus, newestReport, type CheckResult, type Ledger } from './ledger.ts';
import type { CheckReport } from './report.ts';

/**
 * Since when a report of `status` says that the check is critical. A running clock goes on for as long as nothing better
 * was seen, committed or not; else one starts at `atMs`, when that is given.
 */
export const criticalSince = (ledger: Ledger, status: CheckStatus, atMs?: number): number | undefined => {
  if (status !== 'critical' || ledger.deregisterAfterMs === undefined) return undefined;
  const isRunning = currentStatus(ledger) === 'critical';
  return (isRunning ? (newestReport(ledger) ?? ledger).criticalSinceMs : undefined) ?? atMs;
};

/** Is the check critical with a deadline whose start stands nowhere yet? */
export const lacksDeadline = (ledger: Ledger, result: CheckResult): boolean =>
  result.status === 'critical' &&
  currentStatus(ledger) === 'critical' &&
  ledger.deregisterAfterMs !== undefined &&
  criticalSince(ledger, 'critical') === undefined;

/** When the service is to be removed, by what is committed; Infinity: never. */
export const deadlineMs = ({ criticalSinceMs = Infinity, deregisterAfterMs = Infinity }: Ledger): number =>
  criticalSinceMs + deregisterAfterMs;

/** Is a report under way that stops the clock, or starts it anew? Nothing is removed before that is settled. */
export const isClockContested = ({ reports, criticalSinceMs }: Ledger): boolean =>
  reports.some((report) => report.criticalSinceMs !== criticalSinceMs);

const startsClock = (ledger: Ledger, report: CheckReport): boolean =>
  report.criticalSinceMs !== undefined && report.criticalSinceMs !== ledger.criticalSinceMs;

/** The clock once `report` is committed, at `atMs`: one that it starts, starts now, for nobody could see it before. */
export const clockOf = (ledger: Ledger, report: CheckReport, atMs: number): number | undefined =>
  startsClock(ledger, report) ? atMs : report.criticalSinceMs;

/** A removal must come within a second of being due: KV may not differ by more from the clock in force. */
const CLOCK_TOLERANCE_MS = 1_000;

/** Was the newest report owed for so long that the time it put into KV lies before the clock that it starts? */
export const isClockLate = (ledger: Ledger, writeId: string, atMs: number): boolean => {
  const report = newestReport(ledger);
  if (report?.writeId !== writeId || report.criticalSinceMs === undefined) return false;
  return startsClock(ledger, report) && atMs - report.criticalSinceMs > CLOCK_TOLERANCE_MS;
};
