/** The catalog as the roster follows it: external nodes, their checks, and this instance's own list. */
import type { CheckRecord, ExternalNode } from '../../machines/model.ts';
import { verifyEmpty } from './acl-filter.ts';
import { listOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { Catalog, Watch, WatchObserver } from './consul.ts';
import { readFailureTimes } from './failure-times.ts';
import type { Keys } from './keys.ts';
import { parseCheck, parseList, parseNode } from './parse.ts';
import type { Records } from './records.ts';
import { readServicePort } from './service-port.ts';
import type { Query } from './transport.ts';
import { startWatch, type RunningQuery } from './watch.ts';
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
}

export function createCatalog(options: CatalogOptions): Catalog {
  const { client, keys, records, serviceId } = options;
  const running = new Set<RunningQuery>();
  const following = (query: RunningQuery): Watch => {
    running.add(query);
    return {
      stop() {
        running.delete(query);
        query.stop();
      },
      wake() {
        query.wake();
      },
    };
  };
  return {
    watchNodes: (observer) => following(watchNodes(options, observer)),
    watchChecks: (observer) => following(watchChecks(options, observer)),
    requery() {
      for (const query of running) query.requery();
    },
    watchShare: (observer) => watchShare(client, keys.agent(serviceId), observer),
    readFailureTimes: (nodes, checks, signal) => readFailureTimes({ client, keys, records }, nodes, checks, signal),
    readServicePort: (node, signal) => readServicePort(client, node, signal),
  };
}

const watchNodes = (options: CatalogOptions, observer: WatchObserver<readonly ExternalNode[]>) =>
  startWatch(
    options.client,
    {
      what: 'watching nodes',
      path: '/v1/catalog/nodes',
      get query() {
        return externalOnly(options);
      },
      parse: (answer) => parseList(listOf('watching nodes', answer), parseNode),
      verify: (nodes, answer, signal) => doubtEmpty(options.client, 'watching nodes', nodes, answer, signal),
    },
    mirrored(observer, (nodes, index, lastIndex) => options.records.replaceNodes(nodes, index, lastIndex)),
  );

const watchChecks = (options: CatalogOptions, observer: WatchObserver<readonly CheckRecord[]>) =>
  startWatch(
    options.client,
    {
      what: 'watching checks',
      path: '/v1/health/state/any',
      get query() {
        return externalOnly(options);
      },
      parse: (answer) => parseList(listOf('watching checks', answer), parseCheck),
      verify: (checks, answer, signal) => doubtEmpty(options.client, 'watching checks', checks, answer, signal),
    },
    mirrored(observer, (checks, index, lastIndex) => options.records.replace(checks, index, lastIndex)),
  );

/** Tells the observer what the mirror makes of each answer, which it is shown with the index of the one before. */
const mirrored = <T>(
  observer: WatchObserver<readonly T[]>,
  mirror: (list: readonly T[], index: number, lastIndex: number) => readonly T[],
): WatchObserver<readonly T[]> => {
  let lastIndex = 0;
  return {
    ...observer,
    onAnswer: (list, index) => {
      const told = mirror(list, index, lastIndex);
      lastIndex = index;
      observer.onAnswer(told, index);
    },
  };
};

const doubtEmpty = (
  client: ConsulClient,
  what: string,
  list: readonly unknown[],
  ...rest: [answer: Parameters<typeof verifyEmpty>[2], signal: AbortSignal]
): Promise<void> => (list.length > 0 ? Promise.resolve() : verifyEmpty(client, what, ...rest));

const externalOnly = ({ nodeMeta, isStaleAllowed }: CatalogOptions): Query => [
  ...Object.entries(nodeMeta()).map(([key, value]) => ['node-meta', `${key}:${value}`] as const),
  ...(isStaleAllowed ? ([['stale', '']] as const) : []),
];
