/** How targets fail, recover and flap. */
import type { Dice } from '../world/dice.ts';
import type { Health } from '../world/targets.ts';
import { checkHost, nodeHost } from '../world/users.ts';
import type { World } from '../world/world.ts';

const CHECK_HEALTHS: readonly Health[] = ['passing', 'passing', 'passing', 'warning', 'critical', 'critical', 'silent'];
const NODE_HEALTHS: readonly Health[] = ['passing', 'passing', 'passing', 'critical', 'silent'];

/** One of a node's targets changes; one in three of them changes again and again for a while. */
export const changeTarget = (world: World, dice: Dice, flapUntilMs: number): void => {
  const nodes = [...world.users.nodes.values()];
  if (nodes.length === 0) return;
  const node = dice.pick(nodes);
  const checkIds = [...node.checks.keys()];
  const isNode = checkIds.length === 0 || dice.chance(0.3);
  const host = isNode ? nodeHost(node.name) : checkHost(node.name, dice.pick(checkIds));
  const healths = isNode ? NODE_HEALTHS : CHECK_HEALTHS;
  const change = (): void => {
    const health = dice.pick(healths);
    if (world.targets.at(host).health === health) return;
    world.targets.at(host).health = health;
    world.journal.note('target', `${host} is ${health}`);
  };
  change();
  if (!dice.chance(0.3)) return;
  const everyMs = dice.between(200, 6_000);
  for (let atMs = everyMs; atMs < Math.min(flapUntilMs, 20_000); atMs += everyMs) world.timeline.after(atMs, change);
};
