/** What users do to the catalog while the daemons run. */
import type { Dice } from '../world/dice.ts';
import type { UserCheck } from '../world/users.ts';
import type { World } from '../world/world.ts';

type Edit = (world: World, dice: Dice, mostNodes: number) => void;

const someNode = (world: World, dice: Dice) => {
  const nodes = [...world.users.nodes.values()];
  return nodes.length === 0 ? undefined : dice.pick(nodes);
};

const someCheck = (world: World, dice: Dice) => {
  const node = someNode(world, dice);
  const checks = [...(node?.checks.values() ?? [])];
  return node === undefined || checks.length === 0 ? undefined : { node: node.name, check: dice.pick(checks) };
};

const newCheck = (dice: Dice, checkId: string): Omit<UserCheck, 'editedAtMs'> => ({
  checkId,
  serviceId: dice.chance(0.8) ? `s${dice.between(0, 1)}` : '',
  name: `check ${checkId}`,
  notes: '',
  intervalMs: dice.pick([3_000, 10_000, 10_000]),
  timeoutMs: dice.pick([1_000, 4_000]),
  kind: dice.chance(0.7) ? 'HTTP' : 'TCP',
  deregisterAfterMs: dice.chance(0.4) ? dice.pick([10_000, 45_000]) : undefined,
});

export const putNewNode = (world: World, dice: Dice, name: string): void => {
  world.users.putNode(name, dice.chance(0.7));
  for (let count = dice.between(0, 2); count >= 0; count -= 1) world.users.putCheck(name, newCheck(dice, `c${count}`));
};

export const EDITS = {
  nodeAdded(world, dice, mostNodes) {
    const name = `n${dice.between(0, mostNodes - 1)}`;
    if (!world.users.nodes.has(name)) putNewNode(world, dice, name);
  },
  nodeDropped(world, dice) {
    const node = someNode(world, dice);
    if (node !== undefined) world.users.dropNode(node.name);
  },
  /** Dropped and registered anew at once: the same name is another node. */
  nodeReplaced(world, dice) {
    const node = someNode(world, dice);
    if (node === undefined) return;
    world.users.dropNode(node.name);
    putNewNode(world, dice, node.name);
  },
  metaEdited(world, dice) {
    const node = someNode(world, dice);
    if (node !== undefined) world.users.putNode(node.name, dice.chance(0.7), `remark ${dice.between(0, 99)}`);
  },
  checkAdded(world, dice) {
    const node = someNode(world, dice);
    const checkId = `c${dice.between(0, 4)}`;
    if (node !== undefined && !node.checks.has(checkId)) world.users.putCheck(node.name, newCheck(dice, checkId));
  },
  checkDropped(world, dice) {
    const some = someCheck(world, dice);
    if (some !== undefined) world.users.dropCheck(some.node, some.check.checkId);
  },
  definitionEdited(world, dice) {
    const some = someCheck(world, dice);
    if (some === undefined) return;
    const { checkId, serviceId } = some.check;
    world.users.putCheck(some.node, { ...newCheck(dice, checkId), serviceId });
  },
  notesEdited(world, dice) {
    const some = someCheck(world, dice);
    if (some !== undefined)
      world.users.putCheck(some.node, {
        ...some.check,
        notes: `note ${dice.between(0, 99)}`,
        name: `named ${dice.between(0, 9)}`,
      });
  },
  statusEdited(world, dice) {
    const some = someCheck(world, dice);
    if (some !== undefined)
      world.users.editStatus(some.node, some.check.checkId, dice.pick(['passing', 'warning', 'critical', 'banana']));
  },
  serviceDropped(world, dice) {
    const node = someNode(world, dice);
    const ids = [...(node?.services ?? [])];
    if (node !== undefined && ids.length > 0) world.users.dropService(node.name, dice.pick(ids));
  },
} satisfies Record<string, Edit>;

export type EditName = keyof typeof EDITS;
