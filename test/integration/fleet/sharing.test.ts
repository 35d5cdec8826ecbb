/** The leader shares the nodes out evenly, moves as few as it can, and writes only the lists that change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deregister, kvOf, register } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { startDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { startInstances } from '../../support/instances.ts';
import { movedNodes, readLists, untilShared, type Lists } from '../../support/shares.ts';

const IDS = ['one', 'two', 'three'];

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

const named = (fleet: Fleet, at: number): string => `${fleet.name}-${String(at).padStart(2, '0')}`;

const registerBare = async (fleet: Fleet, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at++) await register(consul, { node: named(fleet, at), meta: fleet.unpinged });
};

/** Ids whose lists were written between the two readings. */
const written = (before: Lists, after: Lists): string[] =>
  [...after].filter(([id, { modifyIndex }]) => before.get(id)?.modifyIndex !== modifyIndex).map(([id]) => id);

const putList = (fleet: Fleet, serviceId: string, list: string): Promise<unknown> =>
  consul.put(`/kv/${fleet.name}/agents/${serviceId}`, list);

describe.concurrent('the leader', () => {
  test('writes one list for one new node, moves none, and gives a removed one up', async () => {
    const fleet = createFleet(consul, 'even');
    await registerBare(fleet, 0, 30);
    await using _instances = await startInstances(fleet, IDS);
    const before = await untilShared(fleet, IDS, 30);
    await registerBare(fleet, 30, 31);
    const more = await untilShared(fleet, IDS, 31);
    expect([movedNodes(before, more), written(before, more).length]).toEqual([0, 1]);
    await deregister(consul, { Node: named(fleet, 30) });
    const less = await untilShared(fleet, IDS, 30);
    expect([movedNodes(before, less), written(more, less).length]).toEqual([0, 1]);
  });

  test('moves no more nodes than evenness takes when one instance loses most of its own', async () => {
    const fleet = createFleet(consul, 'lean');
    await registerBare(fleet, 0, 30);
    await using _instances = await startInstances(fleet, IDS);
    const before = await untilShared(fleet, IDS, 30);
    const [lost] = [...before.values()];
    for (const Node of lost?.nodes.slice(0, 9) ?? []) await deregister(consul, { Node });
    const after = await untilShared(fleet, IDS, 21);
    expect(movedNodes(before, after) - 9).toBe(6);
  });

  test('hands a node whose pings are asked for from Nodes to Probes of the same list', async () => {
    const fleet = createFleet(consul, 'pings');
    await registerBare(fleet, 0, 4);
    await using _instances = await startInstances(fleet, ['one', 'two']);
    const before = await untilShared(fleet, ['one', 'two'], 4);
    const node = named(fleet, 0);
    const [owner = ''] = [...before].find(([, { nodes }]) => nodes.includes(node)) ?? [];
    await register(consul, { node, meta: fleet.pinged });
    const key = `pings/agents/${fleet.serviceId(owner)}`;
    await eventually(`${node} in Probes`, async () =>
      (await kvOf(consul, key))?.toString().endsWith(`"Probes":["${node}"]}`),
    );
    expect(movedNodes(before, await untilShared(fleet, ['one', 'two'], 4))).toBe(0);
  });

  test('removes lists of nobody, and leaves those of other tags and other folders alone', async () => {
    const fleet = createFleet(consul, 'tags');
    const [gone, stranger] = [fleet.serviceId('gone'), fleet.serviceId('stranger')];
    await consul.put('/agent/service/register', { ID: stranger, Name: 'tags', Tags: ['blue'] });
    await registerBare(fleet, 0, 2);
    const list = `{"Nodes":["${named(fleet, 0)}"],"Probes":null}`;
    await putList(fleet, gone, list);
    await putList(fleet, stranger, list);
    await consul.put('/kv/tags/agentsmith', list);
    await using _daemon = await fleet.start();
    await eventually('the end of a list', async () => (await kvOf(consul, `tags/agents/${gone}`)) === undefined);
    await eventually('all nodes in the one list', async () => (await readLists(fleet)).get('one')?.nodes.length === 2);
    expect((await kvOf(consul, `tags/agents/${stranger}`))?.toString()).toBe(list);
    expect((await kvOf(consul, 'tags/agentsmith'))?.toString()).toBe(list);
    await putList(fleet, gone, list);
    await eventually('its end again', async () => (await kvOf(consul, `tags/agents/${gone}`)) === undefined);
  });

  test('of another tag shares with nobody of this one', async () => {
    const [plain, blue] = [createFleet(consul, 'plain'), createFleet(consul, 'plain-blue')];
    await registerBare(plain, 0, 4);
    await using _one = await plain.start();
    await untilShared(plain, ['one'], 4);
    const before = await readLists(plain);
    const config = `
      http_addr = "${consul.url}"
      instance_id = "two"
      consul_service = "plain"
      consul_service_tag = "blue"
      consul_kv_path = "${blue.name}/"
      external_node_meta { fleet = "plain" }
    `;
    await using other = await startDaemon({ config });
    await eventually('all nodes for the blue one', async () => {
      const list = (await kvOf(consul, `${blue.name}/agents/plain:two`))?.toString();
      return list?.includes(named(plain, 3));
    });
    expect(await readLists(plain)).toEqual(before);
    expect(await other.stop()).toBe(0);
  });
});
