/** How much garbage the process lets lie before it is collected, and where; and what else V8 is told so that it takes little memory. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

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

/**
 * The young generation stays as small as it begins, 1 MB twice: hardly anything outlives a collection, whatever its size. But each
 * collection looks at every page of the old generation, and with 50,000 checks, when all of them wrote their output within a minute, that
 * and what grew old for want of room took more than half of the daemon's time. In a large heap it grows as V8 sees fit.
 */
const SMALL_YOUNG = '--semi-space-growth-factor=1';
const GROWING_YOUNG = '--semi-space-growth-factor=2';
const LARGE_HEAP_BYTES = 128 * 1024 * 1024;

/** undici's HTTP parser is WebAssembly, one function nearly all of it: to optimize that took 35 MB for a tenth of a second, after a few answers. */
const PLAIN_WASM = '--liftoff-only';

export const HEAP_FLAGS = [GROWTH, ALL_YOUNG, SMALL_YOUNG, PLAIN_WASM];

/** Told after every full collection, for a quick one ends nothing that is in a registry. Kept here: one that is garbage itself is told nothing. */
const fullCollections = new FinalizationRegistry<() => void>((call) => {
  call();
  fullCollections.register({}, call);
});

/** Takes effect with the next collection, and with what is optimized from now on. For the program, not for the library: it concerns the whole process, its workers too. */
export const keepHeapSmall = (): void => {
  for (const flag of HEAP_FLAGS) setFlagsFromString(flag);
  const fitYoung = (): void => {
    setFlagsFromString(getHeapStatistics().used_heap_size > LARGE_HEAP_BYTES ? GROWING_YOUNG : SMALL_YOUNG);
  };
  fullCollections.register({}, fitYoung);
};
