/** How instances join, leave and die, and how the nodes change hands. */
import type { Instance } from '../../simulation/world/instance.ts';
import { membershipModel } from '../models/membership.ts';
import { kill, putNode, start, terminate } from './acts.ts';
import { askedMs, lockHolderOf, ownersOf } from './facts.ts';
import { awaitOrder, followersOf, leaderOf, requireRuns, RUN_MS, TAKE_OVER_MS } from './fleet.ts';
import type { Scenario } from './scenario.ts';

const NODES = ['db', 'web', 'mail', 'dns', 'git'];

/** Behaviour.md section 6: who leaves in order leaves nothing undone for longer. */
const HAND_OVER_MS = 2_000;

/** A stop may take so long. */
const STOP_MS = 6_000;

export const membership: Scenario<typeof membershipModel> = {
  promise: 'every node has one owner, and changes hands only when it must',
  chart: membershipModel,
  setting: { instances: 3 },
  open(stage) {
    const { fleet } = stage.world;
    for (const node of NODES) putNode(stage, node);

    const sharedOut = (count: number) => (): void => {
      if (stage.world.running.length !== count) throw new Error(`${stage.world.running.length} run, not ${count}`);
      awaitOrder(stage, 2 * TAKE_OVER_MS); // who bears the id of a dead one waits for its TTL check first
      requireRuns(stage);
    };
    /** What the others have stays with them. */
    const keepingHands = (gone: Instance, leave: () => void, withinMs: number): void => {
      const before = NODES.filter((node) => !ownersOf(stage, node).includes(gone.serviceId)).map(
        (node) => [node, ownersOf(stage, node).join()] as const,
      );
      leave();
      if (stage.world.running.length > 1)
        stage.await('every node has another owner', withinMs, () =>
          NODES.every((node) => ownersOf(stage, node).some((owner) => owner !== gone.serviceId)),
        );
      for (const [node, owner] of before)
        if (ownersOf(stage, node).join() !== owner) throw new Error(`${node} has changed hands without need`);
    };
    const stop = (instance: Instance): void => {
      keepingHands(
        instance,
        () => {
          terminate(stage, instance);
        },
        HAND_OVER_MS,
      );
      stage.await(`${instance.name} has ended`, STOP_MS, () => instance.life === undefined);
    };
    const die = (instance: Instance): void => {
      keepingHands(
        instance,
        () => {
          kill(stage, instance);
        },
        TAKE_OVER_MS,
      );
    };

    return {
      states: {
        none() {
          stage.await('all have ended', STOP_MS, () => stage.world.running.length === 0);
          const { nowMs } = stage.world.timeline;
          stage.pass(RUN_MS);
          for (const instance of fleet)
            if (NODES.some((node) => askedMs(stage, instance, node, 'http') > nowMs))
              throw new Error(`${instance.name} asks on`);
          stage.await('the lock is free', TAKE_OVER_MS, () => lockHolderOf(stage) === undefined);
        },
        one: sharedOut(1),
        two: sharedOut(2),
        three: sharedOut(3),
      },
      events: {
        'instance.joined': () => {
          start(
            stage,
            fleet.find(({ life }) => life === undefined)!,
          );
        },
        'leader.left': () => {
          stop(leaderOf(stage));
        },
        'follower.left': () => {
          stop(followersOf(stage)[0]!);
        },
        'leader.died': () => {
          die(leaderOf(stage));
        },
        'follower.died': () => {
          die(followersOf(stage)[0]!);
        },
        'all.left': () => {
          for (const instance of stage.world.running) terminate(stage, instance);
        },
      },
    };
  },
};
