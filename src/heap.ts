/** How much garbage the process lets lie before it is collected, and where. */
import { setFlagsFromString } from 'node:v8';

/**
 * A full collection begins when the heap has grown by a quarter since the last one. V8 on its own lets it grow to three or
 * four times the size: 2,000 checks a second held 250 MB, 40 of them in use (docs/performance.md).
 */
const GROWTH = '--heap-growing-percent=25';

/**
 * Everything is allocated young. Where V8 once saw what a line of code allocates live on it allocates there for long-lived, and what dies
 * there keeps all that it refers to alive until the next full collection: of 5 KB a probe 3 were kept so.
 */
const ALL_YOUNG = '--no-allocation-site-pretenuring';

/** The young generation stays as small as it begins, 1 MB twice: hardly anything outlives a collection, whatever its size. */
const SMALL_YOUNG = '--semi-space-growth-factor=1';

export const HEAP_FLAGS = [GROWTH, ALL_YOUNG, SMALL_YOUNG];

/** Takes effect with the next collection, and with what is optimized from now on. For the program, not for the library: it concerns the whole process, its workers too. */
export const keepHeapSmall = (): void => {
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag);
};
