/** A list in KV that is no list: told once with its key, the last good share kept, and written anew by the leader. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kvOf } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet } from '../../support/fleet.ts';
import { startGoInstance } from '../../support/go-instance.ts';
import { startInstances } from '../../support/instances.ts';
import { pathOf, registerNodes, untilProbed } from '../../support/probed-nodes.ts';
import { untilLeader, untilShared } from '../../support/shares.ts';
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

const putKv = (key: string, value: string): Promise<Response> =>
  fetch(`${consul.url}/v1/kv/${key}`, { method: 'PUT', body: value });

const BAD = [
  { what: 'no JSON', value: 'sold out' },
  { what: 'half of a list', value: '{"Nodes":["a"' },
  { what: 'an array', value: '["a","b"]' },
  { what: 'names that are numbers', value: '{"Nodes":[1,2],"Probes":null}' },
  { what: 'a text for a list', value: '{"Nodes":"a","Probes":[]}' },
  { what: '512 KiB of nothing', value: 'x'.repeat(512 * 1024) },
] as const;

describe.concurrent('a list that is', () => {
  test.each(BAD)('$what is told of once while nobody mends it, and the share is kept', async (given) => {
    const fleet = createFleet(consul, `bad-list-${BAD.indexOf(given)}`);
    // An instance of the Go ESM leads, and mends nothing of its own accord.
    const go = await startGoInstance(fleet, 'go');
    await go.lead(`${fleet.name}/leader`);
    const nodes = await registerNodes(fleet, 2, web, '1s');
    await go.writeList('one', nodes, null);
    await using daemon = await fleet.start();
    await untilProbed(web, nodes, 1);
    const key = `${fleet.name}/agents/${fleet.serviceId('one')}`;
    expect((await putKv(key, given.value)).status).toBe(200);
    expect(await daemon.until('[ERROR]')).toMatch(new RegExp(`keeping the last good one: .*key=${key}$`));
    await putKv(key, `${given.value} `.slice(-512 * 1024));
    const probes = nodes.map((node) => web.hits(pathOf(node)));
    await untilProbed(web, nodes, Math.max(...probes) + 2);
    await go.writeList('one', nodes.slice(0, 1), []);
    const [kept = '', left = ''] = nodes;
    await eventually('the new list in force', async () => {
      const before = web.hits(pathOf(left));
      await untilProbed(web, [kept], web.hits(pathOf(kept)) + 2);
      return web.hits(pathOf(left)) === before;
    });
    expect(daemon.lines(/WARN|ERROR/)).toHaveLength(1);
  });
});

test.concurrent('a list that is bad in whatever way is written anew by the leader, and nobody notices', async () => {
  const fleet = createFleet(consul, 'mended-list');
  const nodes = await registerNodes(fleet, 4, web, '1s');
  await using instances = await startInstances(fleet, ['one', 'two']);
  await untilShared(fleet, ['one', 'two'], 4);
  await untilProbed(web, nodes, 1);
  const follower = (await untilLeader(fleet)) === 'one' ? 'two' : 'one';
  const key = `${fleet.name}/agents/${fleet.serviceId(follower)}`;
  for (const value of [...BAD.map(({ value }) => value), '{"Nodes":["nobody","nowhere"],"Probes":["never"]}']) {
    await putKv(key, value);
    await eventually('another list', async () => (await kvOf(consul, key))?.toString() !== value);
    await untilShared(fleet, ['one', 'two'], 4);
  }
  await untilProbed(web, nodes, Math.max(...nodes.map((node) => web.hits(pathOf(node)))) + 2);
  const [unreadable, other] = [/Cannot read the list/, /WARN|ERROR/];
  expect(instances.get(follower).lines(unreadable).length).toBeLessThanOrEqual(BAD.length);
  for (const daemon of instances.all) expect(daemon.lines(other)).toEqual(daemon.lines(unreadable));
});
