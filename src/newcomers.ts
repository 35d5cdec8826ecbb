/** Tells a few newcomers, which are served at once, from a crowd, which is spread. */

const AT_ONCE = 500;
const TOGETHER_MS = 1_000;

/**
 * Counts arrivals. `crowdSinceMs(nowMs)` counts one more: since when has the crowd come that it belongs to? They come together who
 * come less than a second after the one before; of them more than 500 are a crowd. Undefined: it belongs to none.
 */
export const createNewcomers = (): { crowdSinceMs(nowMs: number): number | undefined } => {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  return {
    crowdSinceMs(nowMs) {
      if (nowMs - latestMs >= TOGETHER_MS) {
        sinceMs = nowMs;
        count = 0;
      }
      latestMs = nowMs;
      count += 1;
      return count > AT_ONCE ? sinceMs : undefined;
    },
  };
};
