/** Since when nodes and checks fail, by what KV tells now and by what it told first. */
import { NODE_CHECK_ID } from '../../../machines/model.ts';
import type { EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import { failureOf, sinceMs, type Failure } from '../world/kv.ts';
import { changesOf } from '../world/transaction.ts';
import type { World } from '../world/world.ts';

/** Since when something fails that KV keeps under `key`, of the life that began at `createIndex`; undefined: it does not. */
export type SinceMs = (key: string, createIndex: number) => number | undefined;

export interface Failures {
  /** As KV tells now. */
  readonly toldMs: SinceMs;
  /**
   * As KV told first. While the catalog tells of the failure without a break a later time may replace the first: that of a chart
   * whose view of the catalog was old. Who has read the first may go by it.
   */
  readonly firstMs: SinceMs;
  beforeWrite(request: EmbeddedRequest): void;
  /** The request has changed what it is about. */
  afterWrite(request: EmbeddedRequest): void;
}

const keysOf = (request: EmbeddedRequest): readonly string[] =>
  changesOf(request).flatMap(({ KV }) => /^consul-esm\/((?:probes|critical)\/.*)/.exec(KV?.Key ?? '')?.[1] ?? []);

export const createFailures = (world: World): Failures => {
  const first = new Map<string, Failure>();

  const isInCatalog = (key: string): boolean => {
    const [folder, node = '', , checkId = ''] = key.split('/');
    const { Status = 'passing' } = world.checksOf(node).get(folder === 'probes' ? NODE_CHECK_ID : checkId) ?? {};
    return Status !== 'passing' && Status !== 'warning';
  };

  return {
    toldMs: (key, createIndex) => sinceMs(world.server, key, createIndex),
    firstMs(key, createIndex) {
      const told = failureOf(world.server, key, createIndex);
      const known = first.get(key);
      const isSame = known !== undefined && known.createIndex === told?.createIndex && known.createIndex >= createIndex;
      return isSame ? known.sinceMs : told?.sinceMs;
    },
    beforeWrite(request) {
      for (const key of keysOf(request)) if (!isInCatalog(key)) first.delete(key);
    },
    afterWrite(request) {
      for (const key of keysOf(request)) {
        const told = failureOf(world.server, key, 0);
        if (told !== undefined && first.get(key)?.createIndex !== told.createIndex) first.set(key, told);
      }
    },
  };
};
