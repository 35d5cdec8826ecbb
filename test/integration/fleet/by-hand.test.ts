/** Somebody takes by hand what an instance keeps in Consul: probing goes on, and everything stands again by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOf, untilStatus } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { eventually } from '../../support/eventually.ts';
import { readCatalog, withStatus } from '../../support/fleet-catalog.ts';
import { createFleet, type Fleet } from '../../support/fleet.ts';
import { longestGapMs, untilProbedOn } from '../../support/gaps.ts';
import { startInstances } from '../../support/instances.ts';
import { followLists } from '../../support/list-history.ts';
import { outageNews } from '../../support/outage-news.ts';
import { pathOf, registerNode, registerNodes, WEB_CHECK } from '../../support/probed-nodes.ts';
import { sessionsOf } from '../../support/sessions.ts';
import { untilSettled } from '../../support/settled.ts';
import { readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { broken, startWeb } from '../../support/web.ts';

const IDS = ['one', 'two', 'three'];
const NODES = 9;
const INTERVAL_MS = 1_000;

/** An instance that is gone from Consul loses its nodes to others, who have them within 2 s. */
const TAKE_OVER_MS = 2_000;

/** A probe may be late by as much on a machine that starts other fleets meanwhile. */
const SLACK_MS = 2_000;

/** What was taken, what stands again, and whether a follower's nodes go to others meanwhile. */
interface Hand {
  readonly what: string;
  readonly name: string;
  readonly moves: boolean;
  take(fleet: Fleet, instanceId: string): Promise<unknown>;
  stands(fleet: Fleet, instanceId: string): Promise<boolean>;
}

const HANDS: readonly Hand[] = [
  {
    what: 'session is destroyed',
    name: 'session',
    moves: false,
    async take(fleet, instanceId) {
      for (const id of await sessionsOf(fleet, instanceId)) await fleet.consul.put(`/session/destroy/${id}`);
    },
    /** Whoever leads has one, and nobody else. */
    async stands(fleet) {
      const sessions = await Promise.all(IDS.map((id) => sessionsOf(fleet, id)));
      return sessions.flat().length === 1;
    },
  },
  {
    what: 'service is deregistered',
    name: 'service',
    moves: true,
    take: (fleet, instanceId) => fleet.consul.put(`/agent/service/deregister/${fleet.serviceId(instanceId)}`),
    async stands(fleet, instanceId) {
      const check = await checkOf(consul, consul.nodeName, `${fleet.serviceId(instanceId)}:agent-ttl`);
      return check?.Status === 'passing';
    },
  },
  {
    what: 'list is deleted',
    name: 'list',
    moves: false,
    take: (fleet, instanceId) => fleet.consul.delete(`/kv/${fleet.name}/agents/${fleet.serviceId(instanceId)}`),
    stands: async (fleet, instanceId) => (await readLists(fleet)).has(instanceId),
  },
  {
    what: 'lock key is deleted',
    name: 'lock',
    moves: false,
    take: (fleet) => fleet.consul.delete(`/kv/${fleet.name}/leader`),
    stands: async (fleet) => (await untilLeader(fleet)) !== '',
  },
];

/** Followers have neither lock nor session. */
const CASES = HANDS.flatMap((hand) =>
  (['session', 'lock'].includes(hand.name) ? ['leader'] : ['follower', 'leader']).map((role) => ({
    ...hand,
    hand,
    role,
  })),
);

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

describe.concurrent('three instances', () => {
  test.each(CASES)("a $role's $what", async ({ hand, role }) => {
    await using web = await startWeb();
    const fleet = createFleet(consul, `by-hand-${hand.name}-${role}`);
    const nodes = await registerNodes(fleet, NODES, web, `${INTERVAL_MS}ms`);
    await using instances = await startInstances(fleet, IDS);
    const lists = await untilSettled(fleet, IDS, nodes, web);
    const leader = await untilLeader(fleet);
    const victim = role === 'leader' ? leader : IDS.find((id) => id !== leader)!;
    await using history = await followLists(fleet);
    const before = await readCatalog(fleet);
    const startedMs = performance.now();

    const [sick = ''] = lists.get(victim)?.nodes ?? [];
    web.answer(pathOf(sick), () => broken());
    await hand.take(fleet, victim);
    await untilStatus(consul, sick, WEB_CHECK, 'critical');
    await eventually(`the ${victim}'s ${hand.name} again`, () => hand.stands(fleet, victim));
    await untilShared(fleet, IDS, NODES);
    await untilProbedOn(web, nodes, 3);

    await untilLeader(fleet);
    const young = `${fleet.name}-new`;
    await registerNode(fleet, young, web, `${INTERVAL_MS}ms`);
    await untilStatus(consul, young, WEB_CHECK, 'passing');
    expect(longestGapMs(web, nodes, startedMs)).toBeLessThan(INTERVAL_MS + TAKE_OVER_MS + SLACK_MS);
    expect(instances.all.flatMap(outageNews)).toEqual([]);
    // A leader that has lost its entry has it again before another can lead, or a moment after.
    if (!(hand.moves && role === 'leader')) expect(history.moves().length > 0).toBe(hand.moves);
    expect(await readCatalog(fleet)).toMatchObject(withStatus(before, [`${sick}/${WEB_CHECK}`], 'critical'));
  });
});
