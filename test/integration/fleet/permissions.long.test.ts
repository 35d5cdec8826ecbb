/** A token that loses a permission, or all of them: told once, nothing removed or moved for it, and made good with its return. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checksOf, register, untilStatus } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { startInstances, type Instances } from '../../support/instances.ts';
import { issuePermit } from '../../support/permit.ts';
import { pathOf, registerNode, registerNodes, untilProbed, WEB_CHECK } from '../../support/probed-nodes.ts';
import { untilSettled } from '../../support/settled.ts';
import { leaderOf, movedNodes, readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { broken, startWeb, type Web } from '../../support/web.ts';

const NODES = 6;
const IDS = ['one', 'two'];

/** What changed meanwhile is in the catalog so soon after the return of the permission. */
const WITHIN_MS = 2_000;

const REFUSED = 'Consul refuses a request';
const OVER = 'Consul refuses nothing any more';

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul({ aclEnabled: true });
});
afterAll(async () => {
  await consul.stop();
});

/** All that the documentation asks for, unless told otherwise. */
const rules = (fleet: string, nodes = 'write', more = ''): string => `
  agent_prefix "" { policy = "read" }
  key_prefix "${fleet}/" { policy = "write" }
  node_prefix "" { policy = "${nodes}" }
  service_prefix "" { policy = "write" }
  session_prefix "" { policy = "write" }
  ${more}
`;

const open = async (name: string) => {
  const permit = await issuePermit(consul, name, rules(name));
  return { permit, fleet: createFleet({ ...consul, token: permit.token }, name) };
};

const ownedBy = async (fleet: Fleet, node: string): Promise<string> =>
  [...(await readLists(fleet))].find(([, { nodes }]) => nodes.includes(node))?.[0] ?? '';

/** How many TTL checks of the fleet have run out. The agent alone knows: what it syncs, it syncs with the daemon's token. */
const lapsedOf = async ({ name }: Fleet): Promise<number> => {
  // safe: what /v1/agent/checks answers
  const checks = (await consul.get('/agent/checks')) as Readonly<Record<string, { readonly Status: string }>>;
  const own = Object.entries(checks).filter(([id]) => id.startsWith(`${name}:`));
  return own.filter(([, { Status }]) => Status === 'critical').length;
};

/** Every node is probed so many times more. */
const goesOn = (web: Web, nodes: readonly string[], times: number): Promise<unknown> =>
  Promise.all(nodes.map((node) => untilProbed(web, [node], web.hits(pathOf(node)) + times)));

const untilTold = (instances: Instances, what: string): Promise<unknown> =>
  Promise.all(instances.all.map((daemon) => daemon.until(what)));

/** One line when it begins and one when it ends, in each daemon, and no word of anything else. */
const expectToldOnce = (instances: Instances): void => {
  for (const daemon of instances.all) {
    expect(daemon.lines(/WARN|ERROR/)).toEqual([expect.stringContaining(REFUSED)]);
    expect(daemon.lines(OVER)).toHaveLength(1);
  }
};

const statuses = async (nodes: readonly string[]): Promise<(readonly string[])[]> =>
  Promise.all(nodes.map(async (node) => (await checksOf(consul, node)).map(({ Status }) => Status)));

describe.concurrent('two instances', () => {
  test('a token revoked for some seconds: nobody moves, and a change of status is written with its return', async () => {
    await using web = await startWeb();
    const { permit, fleet } = await open('revoked');
    const nodes = await registerNodes(fleet, NODES, web, '1s');
    await using instances = await startInstances(fleet, IDS);
    const before = await untilSettled(fleet, IDS, nodes, web);
    const leader = await untilLeader(fleet);
    const [ill = '', ...well] = nodes;

    await permit.revoke();
    web.answer(pathOf(ill), () => broken());
    await Promise.all([untilTold(instances, REFUSED), goesOn(web, nodes, 2)]);
    await permit.giveBack();
    await untilStatus(consul, ill, WEB_CHECK, 'critical', WITHIN_MS);
    await untilTold(instances, OVER);

    expect(await readLists(fleet)).toEqual(before);
    expect(await leaderOf(fleet)).toBe(leader);
    expect(await statuses(well)).toEqual(well.map(() => ['passing']));
    expectToldOnce(instances);
  });

  test('a token revoked until the TTL checks have run out: all is as it was before', async () => {
    await using web = await startWeb();
    const { permit, fleet } = await open('lapsed');
    const nodes = await registerNodes(fleet, NODES, web, '1s');
    await using instances = await startInstances(fleet, IDS);
    const before = await untilSettled(fleet, IDS, nodes, web);
    await untilLeader(fleet);
    const [ill = '', ...well] = nodes;

    await permit.revoke();
    await eventually('the TTL checks run out', async () => IDS.length === (await lapsedOf(fleet)), {
      deadlineMs: 30_000,
    });
    await eventually('the session runs out', async () => (await leaderOf(fleet)) === undefined, { deadlineMs: 30_000 });
    web.answer(pathOf(ill), () => broken());
    await instances.get(await ownedBy(fleet, ill)).until(`agent: Check '${ill}/${WEB_CHECK}' is critical`);
    await goesOn(web, nodes, 2);
    await permit.giveBack();
    await Promise.all([
      untilStatus(consul, ill, WEB_CHECK, 'critical', WITHIN_MS),
      eventually('the TTL checks pass', async () => (await lapsedOf(fleet)) === 0, { deadlineMs: WITHIN_MS }),
    ]);
    await untilLeader(fleet);
    await untilTold(instances, OVER);

    expect(movedNodes(before, await untilShared(fleet, IDS, NODES))).toBe(0);
    expect(await statuses(well)).toEqual(well.map(() => ['passing']));
    expectToldOnce(instances);
  });

  test('lists that are emptied by ACL are not believed: all goes on, and what is new is found with the return of node read', async () => {
    await using web = await startWeb();
    const { permit, fleet } = await open('hidden');
    const nodes = await registerNodes(fleet, NODES, web, '1s');
    await using instances = await startInstances(fleet, IDS);
    const before = await untilSettled(fleet, IDS, nodes, web);
    const [ill = '', ...well] = nodes;

    await permit.allow(rules('hidden', 'deny'));
    await registerNode(fleet, 'hidden-young', web, '1s');
    await untilTold(instances, REFUSED);
    for (const daemon of instances.all) {
      expect(daemon.lines(REFUSED)[0]).toContain('Consul hides nodes from this token (it needs node read');
    }
    web.answer(pathOf(ill), () => broken());
    await goesOn(web, nodes, 8); // by now gaps between tries that grew would be longer than what is allowed below
    expect(await readLists(fleet)).toEqual(before);
    expect(web.hits(pathOf('hidden-young'))).toBe(0);

    await permit.allow(rules('hidden'));
    await Promise.all([
      untilStatus(consul, ill, WEB_CHECK, 'critical', WITHIN_MS),
      untilStatus(consul, 'hidden-young', WEB_CHECK, 'passing', WITHIN_MS + 1_000),
    ]);
    await untilTold(instances, OVER);
    expect(movedNodes(before, await untilShared(fleet, IDS, NODES + 1))).toBe(0);
    expect(await statuses(well)).toEqual(well.map(() => ['passing']));
    expectToldOnce(instances);
  });
});

test('one service of two that may not be written: the other is, at once, and the one as soon as it may be', async () => {
  await using web = await startWeb();
  const { permit, fleet } = await open('partly');
  await permit.allow(rules('partly', 'read', 'service "theirs" { policy = "read" }'));
  await using instances = await startInstances(fleet, ['one']);
  for (const service of ['theirs', 'mine']) {
    web.answer(`/${service}`, () => broken());
    const definition = { HTTP: web.url(`/${service}`), Interval: '60s' };
    await register(consul, {
      node: 'partly-foo',
      meta: fleet.unpinged,
      service: { ID: service, Service: service },
      checks: [{ CheckID: service, Name: service, Status: 'passing', ServiceID: service, Definition: definition }],
    });
  }
  await untilStatus(consul, 'partly-foo', 'mine', 'critical');
  await instances.get('one').until(REFUSED);
  await untilStatus(consul, 'partly-foo', 'theirs', 'passing');
  expect(web.hits('/theirs')).toBe(1);

  await permit.allow(rules('partly', 'read'));
  await untilStatus(consul, 'partly-foo', 'theirs', 'critical', WITHIN_MS);
  // The interval is a minute: nothing but the write that was owed can have brought it there.
  expect(web.hits('/theirs')).toBe(1);
  await untilTold(instances, OVER);
  expectToldOnce(instances);
});
