/** Ports for pings of `ping_type = "tcp"`: as Consul tells them, and while it does not, as it told them last. */
import type { ExternalNode } from '../../machines/model.ts';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../consul/consul.ts';
import { withDeadline } from '../consul/deadline.ts';

/** Port of the node's first service; undefined: it has none. Rejects when it was never told. */
export type ReadServicePort = (node: ExternalNode, signal: AbortSignal) => Promise<number | undefined>;

/** No ping waits longer for Consul: an instance that cannot reach it goes on probing what it has. */
const ANSWER_LIMIT_MS = 1_000;

/** Remembers each port for as long as the node's record stays the same. */
export const createServicePorts = (catalog: Pick<Catalog, 'readServicePort'>, clock: Clock): ReadServicePort => {
  const told = new WeakMap<ExternalNode, number | undefined>();
  return async (node, signal) => {
    try {
      const ask = (both: AbortSignal): Promise<number | undefined> => catalog.readServicePort(node.name, both);
      told.set(node, await withDeadline(clock, ANSWER_LIMIT_MS, signal, ask));
    } catch (error) {
      if (signal.aborted || !told.has(node)) throw error;
    }
    return told.get(node);
  };
};
