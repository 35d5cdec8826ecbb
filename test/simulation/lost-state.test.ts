/** What comes of Consul losing its state where nobody sees it go. */
import { expect, test } from 'vitest';
import { Stage } from '../model/drivers/stage.ts';
import { FAULTS } from './story/faults.ts';
import { outsideOfPromises } from './world/drain.ts';
import { checkHost } from './world/users.ts';

const NODES = ['n0', 'n1', 'n2', 'n3'];
const CHECK = {
  checkId: 'c',
  serviceId: '',
  name: 'c',
  notes: '',
  kind: 'HTTP',
  deregisterAfterMs: undefined,
} as const;

const fleetOfTwo = (): Stage => {
  const stage = new Stage({ instances: 2 });
  const { users, fleet } = stage.world;
  stage.pass(1);
  for (const node of NODES) {
    users.putNode(node, false);
    users.putCheck(node, { ...CHECK, intervalMs: 10_000, timeoutMs: 5_000 });
  }
  for (const instance of fleet) instance.start();
  stage.pass(20_000);
  return stage;
};

/** The instance that does not lead stands still, and Consul loses its state meanwhile. Some time later: who runs its checks? */
const afterStandingStill = (forMs: number): readonly number[] => {
  using stage = fleetOfTwo();
  const { world } = stage;
  const sleeper = world.running.find(({ isLeader }) => !isLeader);
  stage.trouble('it stands still');
  sleeper?.life.process.pause();
  stage.pass(forMs);
  FAULTS.amnesia(world, undefined, 1_000);
  stage.pass(2_000);
  sleeper?.life.process.resume();
  stage.settle('it stands still');
  stage.pass(20_000);
  const own = world.ownership.lists.get(sleeper?.serviceId ?? '') ?? [];
  const visits = own.map((node) => world.targets.at(checkHost(node, 'c')).visits.get(sleeper?.name ?? ''));
  return visits.map((visit) => world.timeline.nowMs - (visit?.sentAtMs ?? 0));
};

/** Each of the two checks of its share was run within its interval. */
const expectBothRun = (sinceMs: readonly number[]): void => {
  expect(sinceMs).toHaveLength(2);
  for (const ms of sinceMs) expect(ms).toBeLessThanOrEqual(10_000);
};

/** Seed 913: asked for what comes after an index of the old Consul, the new one held the watch for 50 s. */
test('an instance with the answer of one watch in hand hears at once of its new list', () =>
  outsideOfPromises(() => {
    expectBothRun(afterStandingStill(20_000));
  }));

test('one with the answers of all its watches in hand, of which no connection broke, does so too', () =>
  outsideOfPromises(() => {
    expectBothRun(afterStandingStill(60_000));
  }));
