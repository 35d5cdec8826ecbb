/** Waiting on the clock port. */
import type { Clock } from './clock.ts';

/** Resolves after `ms`, or at once when the signal ends; never rejects, and leaves neither timer nor listener behind. */
export const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
