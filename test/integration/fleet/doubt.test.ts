/** An instance that only seems gone keeps its nodes, one that deregistered does not, and one in maintenance hands its over. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { register, type CatalogCheck } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { eventually } from '../../support/eventually.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { startInstances } from '../../support/instances.ts';
import { movedNodes, readLists, untilLeader, untilShared, type Lists } from '../../support/shares.ts';

const IDS = ['one', 'two'];
const NODES = 10;

/** What section 6 of the contract allows when an instance is gone for good. */
const AT_ONCE_MS = 2_000;

/** A grace of 3 s, and time to look before and after. */
const AFTER_GRACE_MS = 8_000;

let shared: TestConsul;
beforeAll(async () => {
  shared = await startConsul();
});
afterAll(async () => {
  await shared.stop();
});

const addNode = (fleet: Fleet, name: string): Promise<unknown> =>
  register(fleet.consul, { node: `${fleet.name}-${name}`, meta: fleet.unpinged });

/** Two instances with five nodes each. */
async function startFleet(consul: TestConsul, name: string) {
  const fleet = createFleet(consul, name);
  await Promise.all(Array.from({ length: NODES }, (_, at) => addNode(fleet, `n${at}`)));
  const instances = await startInstances(fleet, IDS);
  const before = await untilShared(fleet, IDS, NODES);
  const leader = await untilLeader(fleet);
  return { fleet, instances, before, leader, follower: leader === 'one' ? 'two' : 'one' };
}

const ttlCheck = (fleet: Fleet, instanceId: string): string => `${fleet.serviceId(instanceId)}:agent-ttl`;

/** Resolves once the TTL checks of these instances, and no others, are passing. */
const untilPassing = (fleet: Fleet, instanceIds: readonly string[]): Promise<true> =>
  eventually(`just ${instanceIds.join(', ')} passing`, async () => {
    // safe: what /v1/health/checks answers
    const checks = (await fleet.consul.get(`/health/checks/${fleet.name}?consistent`)) as readonly CatalogCheck[];
    const passing = checks.filter(({ Status }) => Status === 'passing').map(({ CheckID }) => CheckID);
    return (
      passing.sort().join() ===
      instanceIds
        .map((id) => ttlCheck(fleet, id))
        .sort()
        .join()
    );
  });

/** The order to the agent that passes or fails an instance's check, whatever its last beat was. */
const set = (fleet: Fleet, instanceId: string, status: 'pass' | 'fail'): Promise<unknown> =>
  fleet.consul.put(`/agent/check/${status}/${ttlCheck(fleet, instanceId)}`);

/** One more node is shared out: whoever leads has looked at the fleet since, and no node of before has moved. */
async function expectUnmoved(fleet: Fleet, before: Lists, newcomer: string): Promise<void> {
  await addNode(fleet, newcomer);
  const total = [...before.values()].reduce((sum, { nodes }) => sum + nodes.length, 0) + 1;
  const after = await untilShared(fleet, IDS, total);
  const written = IDS.filter((id) => after.get(id)?.modifyIndex !== before.get(id)?.modifyIndex);
  expect(movedNodes(before, after)).toBe(0);
  expect(written.map((id) => (after.get(id)?.nodes.length ?? 0) - (before.get(id)?.nodes.length ?? 0))).toEqual([1]);
}

describe.concurrent('no node moves', () => {
  test('when the agent comes back with every instance critical, and one of them beats late', async () => {
    await using folder = await temporaryFolder();
    await using consul = await startConsul({ dataDir: folder.path });
    const { fleet, instances, before, leader, follower } = await startFleet(consul, 'doubt-restart');
    await using _ = instances;

    await consul.kill('SIGTERM');
    await Promise.all(instances.all.map((daemon) => daemon.until('Lost Consul')));
    // What the agent knows of the last beats. After more than the TTL it would throw that away itself.
    await rm(join(folder.path, 'checks', 'state'), { recursive: true });
    instances.get(follower).signal('SIGSTOP');
    await consul.start();
    await untilPassing(fleet, [leader]);
    await untilLeader(fleet, (id) => id === leader);
    await expectUnmoved(fleet, before, 'while-critical');
    instances.get(follower).signal('SIGCONT');
    await untilPassing(fleet, IDS);
    await expectUnmoved(fleet, await readLists(fleet), 'and-after');
  });

  test.each(['the leader', 'a follower'])('when the check of %s flaps', async (whose) => {
    const { fleet, instances, before, leader, follower } = await startFleet(shared, `doubt-${whose.slice(-6)}`);
    await using _ = instances;
    const [sick, well] = whose === 'the leader' ? [leader, follower] : [follower, leader];
    instances.get(sick).signal('SIGSTOP'); // lest its next beat mend it before anyone has seen it
    await set(fleet, sick, 'fail');
    await untilLeader(fleet, (id) => id === well);
    await expectUnmoved(fleet, before, 'while-critical');
    await set(fleet, sick, 'pass');
    instances.get(sick).signal('SIGCONT');
    await untilPassing(fleet, IDS);
    await expectUnmoved(fleet, await readLists(fleet), 'and-after');
  });
});

describe.concurrent('nodes move', () => {
  test('at once when an instance is deregistered, and back when it has registered again', async () => {
    const { fleet, instances, leader, follower } = await startFleet(shared, 'doubt-deregistered');
    await using _ = instances;
    instances.get(follower).signal('SIGSTOP'); // as above
    await shared.put(`/agent/service/deregister/${fleet.serviceId(follower)}`);
    await untilShared(fleet, [leader], NODES, AT_ONCE_MS);
    instances.get(follower).signal('SIGCONT');
    await untilShared(fleet, IDS, NODES);
  });

  test('after a grace when the leader is in maintenance, which leads on', async () => {
    const { fleet, instances, before, leader, follower } = await startFleet(shared, 'doubt-maintenance');
    await using _ = instances;
    const maintenance = `/agent/service/maintenance/${fleet.serviceId(leader)}`;
    await shared.put(`${maintenance}?enable=true`);
    await expectUnmoved(fleet, before, 'newcomer');
    await untilShared(fleet, [follower], NODES + 1, AFTER_GRACE_MS);
    expect(await untilLeader(fleet)).toBe(leader);
    await shared.put(`${maintenance}?enable=false`);
    await untilShared(fleet, IDS, NODES + 1, AT_ONCE_MS);
  });
});
