/** What an instance writes of a node takes effect only while the node is its own. */
import type { EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import { changesOf, isDone, nameOf, nodeOf } from '../world/transaction.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** A report without a list to stand on is on its way no longer than a request may take. */
const HEARSAY_MS = 10_000;

const nodesOf = (request: EmbeddedRequest): ReadonlySet<string> =>
  new Set(changesOf(request).flatMap((operation) => nodeOf(operation) ?? []));

export const ownNodes = (world: World): Invariant => {
  let before: ReadonlyMap<string, readonly string[]> = new Map();
  /** One whose list was taken from it goes on reporting until it hears whose the node is; it removes nothing. */
  const mayWrite = (serviceId: string, node: string, isRemoval: boolean): boolean => {
    if (before.get(serviceId)?.includes(node) === true) return true;
    const sinceMs = world.ownership.listSinceMs(serviceId) ?? world.timeline.nowMs;
    return !isRemoval && world.timeline.nowMs - sinceMs < HEARSAY_MS;
  };
  return {
    sentence: 'No write of a node by an instance that does not own it.',
    beforeWrite(_, request) {
      if (nodesOf(request).size > 0) before = world.ownership.lists;
    },
    afterWrite(exchange) {
      const { from, request } = exchange;
      if (!isDone(exchange)) return;
      const isRemoval = changesOf(request).some(({ Node, Service }) => Node !== undefined || Service !== undefined);
      for (const node of nodesOf(request)) {
        if (mayWrite(world.serviceIdOf(from), node, isRemoval)) continue;
        throw new Violation(`${from} writes of ${node}: ${changesOf(request).map(nameOf).join(', ')}`);
      }
    },
  };
};
