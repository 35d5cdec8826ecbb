/** How much garbage the process lets lie before it is collected. */
import { setFlagsFromString } from 'node:v8';

/**
 * - A full collection begins when the heap has grown by half since the last one. V8 on its own lets it grow to three or four times the
 *   size: 2,000 checks a second held 250 MB, 40 of them in use. A quarter in place of half made collections a third of a probe's cost.
 * - V8 learns which objects live long, and allocates them past the young generation. It takes sockets for such, of which every one
 *   is then garbage for a full collection: without, there are less than half as many of those (docs/performance.md).
 */
export const HEAP_FLAGS = ['--heap-growing-percent=50', '--no-allocation-site-pretenuring'];

/** Takes effect with the next collection. For the program, not for the library: it concerns the whole process, its workers too. */
export const keepHeapSmall = (): void => {
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag);
};
