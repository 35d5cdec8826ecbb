/** What an instance writes of a node takes effect only while the node is its own. */
import type { EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import { changesOf, isDone, nameOf, nodeOf } from '../world/transaction.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

const nodesOf = (request: EmbeddedRequest): ReadonlySet<string> =>
  new Set(changesOf(request).flatMap((operation) => nodeOf(operation) ?? []));

export const ownNodes = (world: World): Invariant => {
  let before: ReadonlyMap<string, readonly string[]> = new Map();
  /** One whose list is gone goes on reporting until it hears whose the nodes are; it removes nothing. */
  const mayWrite = (serviceId: string, node: string, isRemoval: boolean): boolean => {
    const list = before.get(serviceId);
    return list === undefined ? !isRemoval : list.includes(node);
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
