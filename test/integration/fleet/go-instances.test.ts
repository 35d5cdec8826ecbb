/** Instances of the Go ESM in the same fleet: what either writes, the other reads. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { register, servicesOf } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet } from '../../support/fleet.ts';
import { GO_LOCK_FLAGS, GO_TIME, startGoInstance } from '../../support/go-instance.ts';
import { pathOf, registerNode, untilProbed } from '../../support/probed-nodes.ts';
import { readLists, untilShared } from '../../support/shares.ts';
import { refusedPort } from '../../support/targets.ts';
import { startWeb, type Web } from '../../support/web.ts';

let consul: TestConsul;
let web: Web;

beforeAll(async () => {
  consul = await startConsul();
  web = await startWeb();
});

afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

/** An entry of KV as Consul's JSON has it, without a number being read. */
const rawKv = async (key: string): Promise<string> => (await fetch(`${consul.url}/v1/kv/${key}?consistent`)).text();

const valueOf = async (key: string): Promise<string> =>
  (await fetch(`${consul.url}/v1/kv/${key}?consistent&raw`)).text();

describe.concurrent('with an instance of the Go ESM', () => {
  test('that leads: its lists are followed, with null in them, and nothing is written beside it', async () => {
    const fleet = createFleet(consul, 'go-leads');
    const go = await startGoInstance(fleet, 'go');
    await go.lead('go-leads/leader');
    const [ours, theirs] = ['go-leads-a', 'go-leads-b'];
    for (const node of [ours, theirs]) await registerNode(fleet, node, web, '1s');
    await go.writeList('one', [ours], null);
    await go.writeList('go', null, [theirs]);
    const before = await readLists(fleet);
    await using daemon = await fleet.start();
    await untilProbed(web, [ours], 3);
    expect(web.hits(pathOf(theirs))).toBe(0);
    expect(daemon.lines('Obtained leadership')).toEqual([]);
    expect(await readLists(fleet)).toEqual(before);
  });

  test('that follows: it is given its share in the form that it reads, under a lock that it takes for one', async () => {
    const fleet = createFleet(consul, 'go-follows');
    const go = await startGoInstance(fleet, 'go');
    await go.lead('go-follows/leader');
    const [ours, theirs] = ['go-follows-a', 'go-follows-b'];
    await registerNode(fleet, ours, web, '1s');
    await register(consul, { node: theirs, meta: fleet.pinged });
    await go.writeList('one', [ours], null);
    await go.writeList('go', null, [theirs]);
    const before = await readLists(fleet);
    await using daemon = await fleet.start();
    await daemon.until('Waiting to obtain leadership...');
    await go.resign('go-follows/leader');
    await daemon.until('Obtained leadership');
    const lock = await rawKv('go-follows/leader');
    expect(lock).toMatch(/"Value": ?null/);
    expect(lock).toMatch(new RegExp(`"Flags": ?${GO_LOCK_FLAGS}\\b`));
    const session = /"Session": ?"([^"]+)"/.exec(lock)?.[1] ?? '';
    expect(await consul.get(`/session/info/${session}`)).toEqual([
      expect.objectContaining({ Name: 'Consul API Lock', Behavior: 'release' }),
    ]);

    // The assignment in force, which Go wrote, is as it should be: it stays as it is, to the byte.
    await registerNode(fleet, 'go-follows-c', web, '1s');
    await register(consul, { node: 'go-follows-d', meta: fleet.pinged });
    const after = await untilShared(fleet, ['one', 'go'], 4);
    for (const [id, { nodes }] of before) expect(after.get(id)?.nodes).toEqual(expect.arrayContaining([...nodes]));
    const pinged = new Set([theirs, 'go-follows-d']);
    for (const [id, { nodes }] of after) {
      const [Probes, Nodes] = [nodes.filter((node) => pinged.has(node)), nodes.filter((node) => !pinged.has(node))];
      expect(await valueOf(`go-follows/agents/${fleet.serviceId(id)}`)).toBe(JSON.stringify({ Nodes, Probes }));
    }
  });

  test('that leads under a key of its own: nobody leads here until it is gone, and then again', async () => {
    const fleet = createFleet(consul, 'go-apart');
    const go = await startGoInstance(fleet, 'go');
    await go.lead('go-apart/leader');
    await using daemon = await fleet.start('consul_leader_key = "go-apart/lock"');
    expect(await daemon.until('[WARN]')).toMatch(
      /'go-apart\/leader'.*'go-apart\/lock'.*consul_leader_key = "go-apart\/leader"/,
    );
    expect(daemon.lines('Obtained leadership')).toEqual([]);
    await go.resign('go-apart/leader');
    await daemon.until('Obtained leadership');
    await go.lead('go-apart/leader');
    await daemon.until('Lost leadership');
    await eventually('two warnings', () => daemon.lines('[WARN]').length === 2);
    expect(await rawKv('go-apart/lock')).not.toContain('"Session"');
    await go.resign('go-apart/leader');
    await eventually('leadership again', () => daemon.lines('Obtained leadership').length === 2);
  });

  test('that began to count how long a node has failed: the count goes on', async () => {
    const fleet = createFleet(consul, 'go-counted');
    const dead = String(await refusedPort());
    await register(consul, { node: 'go-counted', meta: { ...fleet.pinged, 'external-probe-port': dead } });
    await fetch(`${consul.url}/v1/kv/go-counted/probes/go-counted`, { method: 'PUT', body: new Uint8Array(GO_TIME) });
    await using daemon = await fleet.start();
    await eventually('the end of the node', async () => (await servicesOf(consul, 'go-counted')) === undefined);
    await daemon.until(/Removed a node.*node=go-counted$/);
  });
});
