/** A pause that can be cut short. */
import type { Clock } from '../clock.ts';

export interface Rest {
  /** Resolves after `ms`, on `wake`, or when the signal ends; at once for 0. */
  pause(ms: number): Promise<void>;
  /** Ends the pause that runs, if one does. */
  wake(): void;
}

export function createRest(clock: Clock, signal: AbortSignal): Rest {
  let end: (() => void) | undefined;
  const wake = (): void => end?.();
  signal.addEventListener('abort', wake, { once: true });
  return {
    wake,
    pause: (ms) =>
      ms <= 0 || signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            const timer = clock.setTimeout(wake, ms);
            end = () => {
              end = undefined;
              clock.clearTimeout(timer);
              resolve();
            };
          }),
  };
}
