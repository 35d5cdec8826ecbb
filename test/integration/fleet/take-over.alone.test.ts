/** An instance that ends, by whatever signal, is taken over from: all of its nodes are owned elsewhere and probed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { createFleet } from '../../support/fleet.ts';
import { startInstances } from '../../support/instances.ts';
import { registerNodes, untilProbed } from '../../support/probed-nodes.ts';
import { movedNodes, readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { startWeb } from '../../support/web.ts';

/** What section 6 of the contract allows. */
const AFTER_TERM_MS = 2_000;
const AFTER_KILL_MS = 25_000;

const NODES = 31;
const IDS = ['one', 'two', 'three'];

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

const CASES = [
  { signal: 'SIGTERM', whom: 'a follower', withinMs: AFTER_TERM_MS },
  { signal: 'SIGTERM', whom: 'the leader', withinMs: AFTER_TERM_MS },
  { signal: 'SIGKILL', whom: 'a follower', withinMs: AFTER_KILL_MS },
  { signal: 'SIGKILL', whom: 'the leader', withinMs: AFTER_KILL_MS },
] as const;

describe.concurrent('three instances', () => {
  test.each(CASES)('$signal of $whom: every node is owned by another and probed within $withinMs ms', async (given) => {
    const { signal, whom, withinMs } = given;
    await using web = await startWeb();
    const fleet = createFleet(consul, `take-over-${CASES.indexOf(given)}`);
    const nodes = await registerNodes(fleet, NODES, web, '60s');
    await using instances = await startInstances(fleet, IDS);
    const before = await untilShared(fleet, IDS, NODES);
    await untilProbed(web, nodes, 1);

    const leader = await untilLeader(fleet);
    const victim = whom === 'the leader' ? leader : (IDS.find((id) => id !== leader) ?? '');
    const orphans = before.get(victim)?.nodes ?? [];
    instances.get(victim).signal(signal);
    const heirs = IDS.filter((id) => id !== victim);
    const after = await untilShared(fleet, heirs, NODES, withinMs);
    // The interval is a minute: a second probe can only be a new owner's first.
    await untilProbed(web, orphans, 2);

    expect(movedNodes(before, after)).toBe(orphans.length);
    expect(heirs).toContain(await untilLeader(fleet));
    expect(await instances.get(victim).ended).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL');
    expect((await readLists(fleet)).has(victim)).toBe(signal === 'SIGKILL');
  });

  test('and a fourth that joins: it has its share within 2 s, and no node moves but those', async () => {
    await using web = await startWeb();
    const fleet = createFleet(consul, 'join');
    const nodes = await registerNodes(fleet, NODES, web, '60s');
    await using instances = await startInstances(fleet, IDS);
    const before = await untilShared(fleet, IDS, NODES);
    await untilProbed(web, nodes, 1);

    const fourth = await instances.start('four');
    await fourth.until('Waiting to obtain leadership');
    const after = await untilShared(fleet, [...IDS, 'four'], NODES, AFTER_TERM_MS);
    const share = after.get('four')?.nodes ?? [];
    await untilProbed(web, share, 2);
    expect(share.length).toBe(Math.floor(NODES / 4));
    expect(movedNodes(before, after)).toBe(share.length);
  });
});
