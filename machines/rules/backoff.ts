/** How long to wait before the next try after so many failed ones. */

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
