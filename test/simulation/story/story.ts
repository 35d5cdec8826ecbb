/** Ten minutes: trouble for eight of them, and then a calm in which all must come right. */
import type { Dice } from '../world/dice.ts';
import type { World } from '../world/world.ts';
import { changeTarget } from './changes.ts';
import { EDITS, putNewNode } from './edits.ts';
import { FAULTS } from './faults.ts';
import type { Scenario } from './scenario.ts';

export const LENGTH_MS = 600_000;

/** The last trouble is over by then. */
const TROUBLE_MS = 460_000;

/** Calls `fn` at random times until the calm begins. */
const recur = (world: World, dice: Dice, everyMs: number, fn: () => void): void => {
  const gapMs = -Math.log(1 - dice.random()) * everyMs;
  if (!(world.elapsedMs + gapMs < TROUBLE_MS)) return;
  world.timeline.after(gapMs, () => {
    fn();
    recur(world, dice, everyMs, fn);
  });
};

const startFleet = (world: World, dice: Dice): void => {
  for (const instance of world.fleet) {
    const delayMs = dice.chance(0.5) ? dice.between(0, 50) : dice.between(0, 20_000);
    world.disturb(delayMs);
    world.timeline.after(delayMs, () => {
      instance.start();
    });
  }
};

export const tell = (world: World, { nodes, ...scenario }: Scenario): void => {
  const { dice } = world;
  world.mostNodes = nodes;
  const registering = dice.fork('nodes');
  for (let index = 0; index < nodes; index += 1) putNewNode(world, registering, `n${index}`);
  startFleet(world, dice.fork('start'));

  const faults = dice.fork('faults');
  if (scenario.faults.length > 0)
    recur(world, faults, scenario.faultEveryMs, () => {
      const name = faults.pick(scenario.faults);
      const victim = faults.pick(world.fleet);
      const durationMs = Math.min(
        faults.pick([500, 5_000, 12_000, 40_000]) * faults.random(),
        TROUBLE_MS - world.elapsedMs,
      );
      world.journal.note('fault', `${name} ${victim.name} ${Math.round(durationMs)} ms`);
      world.disturb(durationMs);
      FAULTS[name](world, victim.life === undefined ? undefined : victim, durationMs);
    });

  const edits = dice.fork('edits');
  if (scenario.edits.length > 0)
    recur(world, edits, scenario.editEveryMs, () => {
      EDITS[edits.pick(scenario.edits)](world, edits, nodes);
    });

  const changes = dice.fork('changes');
  recur(world, changes, scenario.changeEveryMs, () => {
    changeTarget(world, changes, TROUBLE_MS - world.elapsedMs);
  });
};
