/** What the invariant of removals grants, and what it does not. */
import { expect, test } from 'vitest';
import { Stage } from '../../model/drivers/stage.ts';
import { outsideOfPromises } from '../world/drain.ts';
import { nodeHost } from '../world/users.ts';

/** A node that fails its pings, and then is not pinged until it is overdue, is to be pinged again at this moment. */
const overdueNode = (seed: number): Stage => {
  const settings = { nodeReconnectTimeoutMs: 15_000, disableCoordinateUpdates: true };
  const stage = new Stage({ instances: 2, settings, seed });
  const { users, targets, fleet } = stage.world;
  stage.pass(1);
  for (const node of ['n0', 'n1']) users.putNode(node, true);
  for (const instance of fleet) instance.start();
  stage.pass(40_000);
  targets.at(nodeHost('n0')).health = 'critical';
  stage.pass(18_000);
  users.putNode('n0', false);
  stage.pass(90_000);
  users.putNode('n0', true);
  return stage;
};

const standStill = ({ world }: Stage): void => {
  for (const { life } of world.fleet) life?.process.pause();
};

const isFenced = ({ world }: Stage): boolean => world.journal.lines.some((line) => line.includes('"reason":"fenced"'));

/** A seed whose removal comes before the list that the leader writes for the node's sake, and one whose removal comes after. */
const [FENCED, PLAIN] = [8, 1];

test('a removal that met a list just written is asked about again in its turn', () =>
  outsideOfPromises(() => {
    using stage = overdueNode(FENCED);
    stage.pass(20_000);
    expect(isFenced(stage)).toBe(true);
    expect(stage.world.users.nodes.has('n0')).toBe(false);
  }));

test('and is late when its turn has gone by', () =>
  outsideOfPromises(() => {
    using stage = overdueNode(FENCED);
    stage.await('a fence that fails', 1_000, () => isFenced(stage));
    standStill(stage);
    stage.pass(11_000);
    expect(() => {
      stage.pass(4_000);
    }).toThrow('node n0 is still there');
  }));

test('a removal that nothing has stopped is late after a second', () =>
  outsideOfPromises(() => {
    using stage = overdueNode(PLAIN);
    standStill(stage);
    expect(() => {
      stage.pass(4_000);
    }).toThrow('node n0 is still there');
    expect(isFenced(stage)).toBe(false);
  }));

test('a removal may wait for a ping that was sent while the target was silent', () =>
  outsideOfPromises(() => {
    const settings = { nodeReconnectTimeoutMs: 17_000, disableCoordinateUpdates: true };
    using stage = new Stage({ instances: 1, settings, seed: 1 });
    const { users, targets, fleet, server } = stage.world;
    stage.pass(1);
    users.putNode('n0', true);
    fleet[0]?.start();
    stage.pass(40_000);
    const target = targets.at(nodeHost('n0'));
    target.health = 'silent';
    stage.await('a silent node', 20_000, () => server.read('/kv/consul-esm/probes/n0') !== undefined);
    // The pings are 10 s apart and wait for 5 s: one is under way when the node is due.
    stage.pass(16_000);
    target.health = 'critical';
    stage.pass(5_500);
    expect(users.nodes.has('n0')).toBe(false);
  }));
