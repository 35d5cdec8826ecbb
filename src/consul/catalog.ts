/** The catalog as the roster follows it: external nodes, their checks, and this instance's own list. */
import type { ExternalNode } from '../../machines/model.ts';
import { listOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { Catalog, Watch, WatchObserver } from './consul.ts';
import { readFailureTimes } from './failure-times.ts';
import type { Keys } from './keys.ts';
import { parseList, parseNode } from './parse.ts';
import type { Records } from './records.ts';
import { readServicePort } from './service-port.ts';
import type { Query } from './transport.ts';
import { startWatch } from './watch.ts';
import { type RunningChecksWatch, watchChecks } from './watch-checks.ts';
import { watchShare } from './watch-share.ts';

export interface CatalogOptions {
  readonly client: ConsulClient;
  /** Learns every record before the observer does. */
  readonly records: Records;
  readonly keys: Keys;
  /** Whose list is the own one. */
  readonly serviceId: string;
  /** `external_node_meta` as it stands: see `Catalog.requery`. */
  readonly nodeMeta: () => Readonly<Record<string, string>>;
  /** `stale_read_nodes`. */
  readonly isStaleAllowed: boolean;
  /** See `ChecksOptions`. */
  readonly isCrowded?: (() => boolean) | undefined;
  readonly dearBytes?: number | undefined;
}

export function createCatalog(options: CatalogOptions): Catalog {
  const { client, keys, records, serviceId, isCrowded, dearBytes } = options;
  const running = new Set<Watch>();
  const checks = new Set<RunningChecksWatch>();
  const following = (query: Watch, onStop = (): unknown => undefined): Watch => {
    running.add(query);
    return {
      stop() {
        onStop();
        running.delete(query);
        query.stop();
      },
      wake() {
        query.wake();
      },
    };
  };
  return {
    watchNodes: (observer) =>
      following(
        watchNodes(options, observer, (names) => {
          for (const watch of checks) watch.lookAt(names);
        }),
      ),
    watchChecks(observer) {
      const watch = watchChecks(
        { client, records, query: () => externalOnly(options), isCrowded, dearBytes },
        observer,
      );
      checks.add(watch);
      return following(watch, () => checks.delete(watch));
    },
    requery() {
      for (const query of running) query.wake();
    },
    watchShare: (observer) => watchShare(client, keys.agent(serviceId), observer),
    readFailureTimes: (nodes, checks, signal) => readFailureTimes({ client, keys, records }, nodes, checks, signal),
    readServicePort: (node, signal) => readServicePort(client, node, signal),
  };
}

const watchNodes = (
  options: CatalogOptions,
  observer: WatchObserver<readonly ExternalNode[]>,
  onNew: (names: readonly string[]) => void,
) =>
  startWatch(
    options.client,
    {
      what: 'watching nodes',
      path: '/v1/catalog/nodes',
      get query() {
        return externalOnly(options);
      },
      parse: (answer) => parseList(listOf('watching nodes', answer), parseNode),
      isDoubtful: (nodes) => nodes.length === 0,
    },
    mirrored(options, observer, onNew),
  );

/**
 * Tells the observer what the mirror makes of each answer, which it is shown with the index of the one before. `onNew` is told
 * which nodes the one before did not hold.
 */
const mirrored = (
  { records }: CatalogOptions,
  observer: WatchObserver<readonly ExternalNode[]>,
  onNew: (names: readonly string[]) => void,
): WatchObserver<readonly ExternalNode[]> => {
  let lastIndex = 0;
  let known: ReadonlySet<string> | undefined;
  return {
    ...observer,
    onAnswer: (list, index) => {
      const told = records.replaceNodes(list, index, lastIndex);
      lastIndex = index;
      observer.onAnswer(told, index);
      const names = told.map(({ name }) => name);
      if (known !== undefined) onNew(names.filter((name) => !known?.has(name)));
      known = new Set(names);
    },
  };
};

const externalOnly = ({ nodeMeta, isStaleAllowed }: CatalogOptions): Query => [
  ...Object.entries(nodeMeta()).map(([key, value]) => ['node-meta', `${key}:${value}`] as const),
  ...(isStaleAllowed ? ([['stale', '']] as const) : []),
];
