/** How much garbage the process lets lie before it is collected. */
import { setFlagsFromString } from 'node:v8';

/**
 * A full collection begins when the heap has grown by a quarter since the last one. V8 on its own lets it grow to three or
 * four times the size: 2,000 checks a second held 250 MB, 40 of them in use (docs/performance.md).
 */
export const HEAP_FLAG = '--heap-growing-percent=25';

/** Takes effect with the next collection. For the program, not for the library: it concerns the whole process, its workers too. */
export const keepHeapSmall = (): void => {
  setFlagsFromString(HEAP_FLAG);
};
