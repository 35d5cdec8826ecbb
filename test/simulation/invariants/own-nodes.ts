/** What an instance writes of a node takes effect only while the node is its own. */
import type { EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import { lists } from '../world/kv.ts';
import { changesOf, isDone, nameOf, nodeOf } from '../world/transaction.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

const nodesOf = (request: EmbeddedRequest): ReadonlySet<string> =>
  new Set(changesOf(request).flatMap((operation) => nodeOf(operation) ?? []));

export const ownNodes = (world: World): Invariant => {
  let before: ReadonlyMap<string, readonly string[]> = new Map();
  /** One whose list was taken from it by hand may go on as long as nobody else has the node. */
  const owns = (serviceId: string, node: string): boolean =>
    before.get(serviceId)?.includes(node) ??
    ![...before].some(([id, names]) => id !== serviceId && names.includes(node));
  return {
    sentence: 'No write of a node by an instance that does not own it.',
    beforeWrite(_, request) {
      if (nodesOf(request).size > 0) before = lists(world.server);
    },
    afterWrite(exchange) {
      const { from, request } = exchange;
      if (!isDone(exchange)) return;
      for (const node of nodesOf(request)) {
        if (owns(world.serviceIdOf(from), node)) continue;
        throw new Violation(`${from} writes of ${node}: ${changesOf(request).map(nameOf).join(', ')}`);
      }
    },
  };
};
