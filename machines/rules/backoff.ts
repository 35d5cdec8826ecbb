/** How long to wait before the next try after so many failed ones. */
import { isForbidden } from './trouble.ts';

/** The longest wait, in milliseconds (behaviour.md section 7). */
const LONGEST_MS = 10_000;

const FIRST_MS = 250;

/**
 * Doubles from 0.25 s to 10 s. `attempt` counts failed tries from 1; `random` in [0, 1) takes up to half of the wait away,
 * so that instances that failed together do not come back together.
 */
export const backoffMs = (attempt: number, random: number): number => {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return fullMs * (1 - random / 2);
};

/** The wait of about a second that follows so many failed tries. */
const STEADY_ATTEMPT = 3;

/**
 * How many tries count as failed after one more. `failure` is what the try ended in: an event with its `error`, or without one.
 * One refused for want of a permission counts no further than to the wait of about a second: Consul is well, few ask, and
 * nothing but the next try tells when the permission is back.
 */
export const failuresAfter = (failures: number, failure: object): number =>
  isForbidden(failure) ? Math.min(failures + 1, STEADY_ATTEMPT) : failures + 1;
