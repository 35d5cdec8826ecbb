/** Tells a few newcomers, which are served at once, from a crowd, which is spread. */

const AT_ONCE = 500;
const TOGETHER_MS = 1_000;

/** Counts arrivals. `isCrowd(nowMs)` counts one more: do more than 500 belong to the second that the first of them began? */
export const createNewcomers = (): { isCrowd(nowMs: number): boolean } => {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return {
    isCrowd(nowMs) {
      if (nowMs - sinceMs >= TOGETHER_MS) {
        sinceMs = nowMs;
        count = 0;
      }
      count += 1;
      return count > AT_ONCE;
    },
  };
};
