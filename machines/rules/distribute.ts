/** Who gets which node: the leader's assignment, and what must be written to bring KV there. */
import { isProbed, type Assignment, type ExternalNode, type Share } from '../model.ts';

type Lists = Pick<Share, 'nodes' | 'probes'>;

/** The nodes that a list holds, sorted, taken out of `free`: so a node that two lists hold counts once. */
const takeHeld = (list: Lists | undefined, free: Set<string>): string[] =>
  [...(list?.nodes ?? []), ...(list?.probes ?? [])].filter((name) => free.delete(name)).sort();

/** How many nodes each instance may hold: sizes differ by at most one, the larger ones go to who holds most now. */
function capacities(total: number, held: ReadonlyMap<string, readonly string[]>, instances: readonly string[]) {
  const size = Math.floor(total / instances.length);
  const larger = total % instances.length;
  const heldBy = (id: string): number => held.get(id)?.length ?? 0;
  const ranked = [...instances].sort((a, b) => heldBy(b) - heldBy(a)); // stable: of equals the first by name
  return new Map(ranked.map((id, rank) => [id, rank < larger ? size + 1 : size]));
}

/**
 * Shares `nodes` out to `instances` (service ids). List sizes, Nodes and Probes counted together, differ by at most one;
 * no more nodes change hands than that takes; equal inputs give equal lists, whatever their order. Nodes to be pinged
 * are in `probes` only. Without instances there is nothing to share out: the result is empty.
 */
export function distribute(
  nodes: readonly ExternalNode[],
  instances: readonly string[],
  current: Assignment,
): Map<string, Lists> {
  const probed = new Map(nodes.map((node) => [node.name, isProbed(node)]));
  const ids = [...new Set(instances)].sort();
  const free = new Set(probed.keys());
  const held = new Map(ids.map((id) => [id, takeHeld(current.get(id), free)]));
  const room = capacities(probed.size, held, ids);
  const shed = [...room].flatMap(([id, limit]) => held.get(id)?.splice(limit) ?? []);
  const homeless = [...free, ...shed].sort().reverse();
  const fill = (id: string): string[] => {
    const own = held.get(id) ?? [];
    while (own.length < (room.get(id) ?? 0)) own.push(...homeless.splice(-1));
    return own.sort();
  };
  const split = (own: readonly string[]): Lists => {
    const lists: { nodes: string[]; probes: string[] } = { nodes: [], probes: [] };
    for (const name of own) lists[probed.get(name) === true ? 'probes' : 'nodes'].push(name);
    return lists;
  };
  return new Map(ids.map((id) => [id, split(fill(id))]));
}
