/**
 * Which results say nothing that is not known: a steady chart that is told such a one stays as it is, and asks for nothing.
 * So it need not be told, which halves what a probe costs (docs/adr/0006-what-changes-nothing-is-not-told.md).
 */
import type { CheckStatus } from '../model.ts';
import { counted } from './bookkeeping.ts';
import { lacksDeadline } from './deadline.ts';
import { writtenOutput, type CheckResult, type Ledger } from './ledger.ts';
import { isReportDue, type Watchbook } from './watchbook.ts';

/**
 * Tags of states. `steady`: a tick does nothing but start a run, and an uneventful result does nothing at all. `waiting`: a newer
 * output than the catalog's waits to be written already.
 */
export type Tag = 'steady' | 'waiting';

/** Does the result change neither status nor counters nor output, and start no clock? `isWaiting`: the check is so tagged. */
export const isUneventful = (ledger: Ledger, result: CheckResult, isWaiting: boolean): boolean => {
  const { counters, latestOutput } = counted(ledger, result);
  return (
    counters === ledger.counters &&
    latestOutput === ledger.latestOutput &&
    (isWaiting || latestOutput === writtenOutput(ledger)) &&
    !lacksDeadline(ledger, result)
  );
};

/** Does the catalog say what the check knows already, as when its own report comes back? */
export const isEcho = (ledger: Ledger, status: CheckStatus, output: string): boolean =>
  [ledger, ...ledger.reports].some((known) => known.status === status && known.output === output);

/** Is there nothing to be written for the ping's result? */
export const isPingUneventful = (book: Watchbook, isReachable: boolean, atMs: number): boolean =>
  !isReportDue(book, isReachable ? 'passing' : 'critical', atMs);
