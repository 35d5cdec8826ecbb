/** When does a result change a status? Two counters that lean against flapping; behaviour.md section 5. */
import type { CheckStatus } from '../model.ts';

/** Extra results needed before a status changes: 0 changes at the first. */
export interface Thresholds {
  readonly passing: number;
  readonly critical: number;
}

/** How many results have spoken for a worse, and how many for a better status. */
export interface Counters {
  readonly worse: number;
  readonly better: number;
}

export const NO_COUNTERS: Counters = { worse: 0, better: 0 };

const BADNESS: Readonly<Record<CheckStatus, number>> = { passing: 0, warning: 1, critical: 2 };

/** The counters after one more result, before any change of status sets them back; the very same where nothing is counted. */
export const count = (counters: Counters, current: CheckStatus, result: CheckStatus): Counters => {
  const step = BADNESS[result] - BADNESS[current];
  if (step > 0) return { ...counters, worse: counters.worse + 1 };
  if (step < 0) return { ...counters, better: counters.better + 1 };
  if (counters.worse === 0 && counters.better === 0) return counters;
  return { worse: Math.max(0, counters.worse - 1), better: Math.max(0, counters.better - 1) };
};

/** Does this result, counted, turn the status into its own? */
export const isTurning = (
  counters: Counters,
  current: CheckStatus,
  result: CheckStatus,
  thresholds: Thresholds,
): boolean => {
  const step = BADNESS[result] - BADNESS[current];
  const counted = count(counters, current, result);
  return (step > 0 && counted.worse > thresholds.critical) || (step < 0 && counted.better > thresholds.passing);
};
