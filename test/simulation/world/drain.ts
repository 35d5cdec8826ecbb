/** Runs what promises wait for, here and now, as Node does between two timers. */

interface Ticking {
  readonly _tickCallback: () => void;
}

// safe: Node has had it since 0.x and calls it itself between two immediates; without it the next line throws
const { _tickCallback } = process as unknown as Ticking;

/**
 * Returns when no promise chain can go on without time. To be called from outside of any promise callback: within one, V8
 * leaves the rest of the queue to itself. A turn of the real event loop would do the same for ten times the price.
 */
export const drain = (): void => {
  _tickCallback();
};

/** Runs `work` where {@link drain} is allowed. */
export const outsideOfPromises = <T>(work: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
