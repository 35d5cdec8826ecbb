/** A fleet at rest: what scenarios of trouble begin and end with. */
import { untilStatus } from './catalog.ts';
import type { Fleet } from './fleet.ts';
import { untilProbedOn } from './gaps.ts';
import { WEB_CHECK } from './probed-nodes.ts';
import { untilShared, type Lists } from './shares.ts';
import type { Web } from './web.ts';

/**
 * Resolves to the lists once the nodes are shared out among just these instances, stand in the catalog as passing, and are
 * probed by those whose they are: of two more probes the first may still be a former owner's.
 */
export async function untilSettled(
  fleet: Fleet,
  instanceIds: readonly string[],
  nodes: readonly string[],
  web: Web,
): Promise<Lists> {
  const lists = await untilShared(fleet, instanceIds, nodes.length);
  await Promise.all(nodes.map((node) => untilStatus(fleet.consul, node, WEB_CHECK, 'passing')));
  await untilProbedOn(web, nodes, 2);
  return lists;
}
