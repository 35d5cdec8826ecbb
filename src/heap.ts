/** How much garbage the process lets lie before it is collected, and where; and what else V8 is told so that it takes little memory. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * Everything is allocated young. Where V8 once saw what a line of code allocates live on it allocates there for long-lived, and what dies
 * there keeps all that it refers to alive until the next full collection: of 5 KB a probe 3 were kept so.
 */
const ALL_YOUNG = '--no-allocation-site-pretenuring';

/** undici's HTTP parser is WebAssembly, one function nearly all of it: to optimize that took 35 MB for a tenth of a second, after a few answers. */
const PLAIN_WASM = '--liftoff-only';

/**
 * A heap that is kept small. Without it 2,000 checks a second held 250 MB, 40 of them in use (docs/performance.md).
 *
 * - A full collection begins when the heap has grown by 10 % since the last one, and by 8 MB at least, which is V8's own step. V8 on its own lets it grow to
 *   three or four times the size.
 * - The young generation stays as it begins, 4 MB twice (bin/consul-esm): hardly anything outlives a collection, whatever its size.
 */
const SMALL_HEAP = ['--heap-growing-percent=10', '--semi-space-growth-factor=1'];

/**
 * In a large heap each full collection takes its time, and a quick one looks at every page of the old generation. With 50,000 checks, when
 * all of them wrote their output within a minute, that and what grew old for want of room took more than half of the daemon's time. So there
 * are fewer of both, and the young generation grows as V8 sees fit, to 8 MB twice at most (bin/consul-esm).
 */
const LARGE_HEAP = ['--heap-growing-percent=17', '--semi-space-growth-factor=2'];
const LARGE_HEAP_BYTES = 128 * 1024 * 1024;

/**
 * What dies old leaves holes in pages, of which V8 on its own empties only those that bear next to nothing. After a full collection that left so much
 * more held than used, the next ones empty some of the pages of which a fifth is free, until it is less: not always, for each takes longer then, and begins earlier.
 */
const LOOSE = 1.2;
const KEPT_DENSE = '--optimize-for-size';
const LEFT_LOOSE = '--no-optimize-for-size';

export const HEAP_FLAGS = [ALL_YOUNG, PLAIN_WASM, ...SMALL_HEAP, ...LARGE_HEAP, KEPT_DENSE, LEFT_LOOSE];

/** Told after every full collection, for a quick one ends nothing that is in a registry. Kept here: one that is garbage itself is told nothing. */
const fullCollections = new FinalizationRegistry<() => void>((call) => {
  call();
  fullCollections.register({}, call);
});

const tellV8 = (flags: readonly string[]): void => {
  for (const flag of flags) setFlagsFromString(flag);
};

/** Takes effect with the next collection, and with what is optimized from now on. For the program, not for the library: it concerns the whole process, its workers too. */
export const keepHeapSmall = (): void => {
  tellV8([ALL_YOUNG, PLAIN_WASM, ...SMALL_HEAP]);
  fullCollections.register({}, () => {
    const { used_heap_size: used, total_physical_size: held } = getHeapStatistics();
    const isLarge = used > LARGE_HEAP_BYTES;
    tellV8(isLarge ? LARGE_HEAP : SMALL_HEAP);
    tellV8([isLarge && held > LOOSE * used ? KEPT_DENSE : LEFT_LOOSE]);
  });
};
