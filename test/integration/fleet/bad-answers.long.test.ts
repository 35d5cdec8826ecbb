/** One instance's Consul answers badly for some seconds: nobody loses a node, and all is right within 2 s of its end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deregister, untilStatus } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import type { Fault } from '../../support/fault-proxy.ts';
import { readCatalog, withStatus, without } from '../../support/fleet-catalog.ts';
import { longestGapMs, untilProbedOn } from '../../support/gaps.ts';
import { ONE_OUTAGE, outageNews } from '../../support/outage-news.ts';
import { pathOf, registerNode, WEB_CHECK } from '../../support/probed-nodes.ts';
import { startProxiedFleet, type ProxiedFleet } from '../../support/proxied-fleet.ts';
import { leaderOf, readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { broken } from '../../support/web.ts';

const IDS = ['one', 'two', 'three'];
const NODES = 12;
const INTERVAL_MS = 1_000;

/** A probe may be late by as much on a machine that starts other fleets meanwhile; an outage lasts longer. */
const SLACK_MS = 2_000;

/** What behaviour.md allows from the end of an outage until all is right. */
const RIGHT_MS = 2_000;

const FAULTS: readonly (readonly [what: string, name: string, Fault])[] = [
  ['429', 'status-429', { type: 'answer', status: 429, body: 'Your IP is issuing too many concurrent connections' }],
  ['500', 'status-500', { type: 'answer', status: 500, body: 'No cluster leader' }],
  ['503', 'status-503', { type: 'answer', status: 503, body: 'Service Unavailable' }],
  ['half of what it should', 'truncated', { type: 'truncate' }],
  ['nothing', 'nothing', { type: 'hang' }],
  ['an index that went back', 'rewound', { type: 'rewind', by: 5 }],
];

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

describe.concurrent('three instances', () => {
  test.each(FAULTS)('a follower is answered %s, and then the leader', async (_what, name, fault) => {
    await using all = await startProxiedFleet(consul, name, { ids: IDS, nodes: NODES, interval: `${INTERVAL_MS}ms` });
    const leader = await untilLeader(all.fleet);
    const follower = IDS.find((id) => id !== leader) ?? '';
    await rideOut(all, follower, fault);
    const next = await untilLeader(all.fleet);
    const isOutage = fault.type !== 'rewind';
    await rideOut(all, next, fault);
    for (const { id, daemon } of all.instances) {
      expect(outageNews(daemon)).toEqual(isOutage && [follower, next].includes(id) ? ONE_OUTAGE : []);
    }
    expect(all.terms.overlaps()).toEqual([]);
    expect(all.terms.acting()).toEqual([await leaderOf(all.fleet)]);
    expect(all.history.moves()).toEqual([]);
  });
});

/** The fault strikes one instance while a target turns ill, and while of each instance's nodes one goes and one comes. */
async function rideOut(
  { fleet, web, instances, history }: ProxiedFleet,
  victimId: string,
  fault: Fault,
): Promise<void> {
  const victim = instances.find(({ id }) => id === victimId)!;
  const isOutage = fault.type !== 'rewind';
  const lists = await readLists(fleet);
  const nodes = [...lists].flatMap(([, list]) => list.nodes);
  const [sick = ''] = lists.get(victimId)?.nodes ?? [];
  const removed = IDS.map((id) => lists.get(id)?.nodes.at(-1) ?? '');
  const added = IDS.map((id) => `${fleet.name}-new-${victimId}-${id}`);
  const kept = nodes.filter((node) => !removed.includes(node));
  const before = await readCatalog(fleet);
  const startedMs = performance.now();

  victim.proxy.fail(fault);
  web.answer(pathOf(sick), () => broken());
  for (const node of removed) await deregister(consul, { Node: node });
  for (const node of added) await registerNode(fleet, node, web, `${INTERVAL_MS}ms`);
  await Promise.all([
    victim.daemon.until(`Check '${sick}/${WEB_CHECK}' is critical`),
    isOutage ? victim.daemon.until('Lost Consul') : undefined,
    untilProbedOn(web, kept, 3),
  ]);
  expect(history.moves()).toEqual([]);
  victim.proxy.recover();
  const overMs = performance.now();
  await Promise.all([
    untilStatus(consul, sick, WEB_CHECK, 'critical', RIGHT_MS),
    ...added.map((node) => untilStatus(consul, node, WEB_CHECK, 'passing', RIGHT_MS)),
    untilShared(fleet, IDS, NODES, RIGHT_MS),
  ]);

  if (isOutage) await victim.daemon.until('Consul is back');
  await untilProbedOn(web, [...kept, ...added], 3);
  for (const node of removed) expect(web.times(pathOf(node)).at(-1)).toBeLessThan(overMs + RIGHT_MS);
  expect(longestGapMs(web, kept, startedMs)).toBeLessThan(INTERVAL_MS + SLACK_MS);
  const expected = withStatus(without(before, removed), [`${sick}/${WEB_CHECK}`], 'critical');
  expect(await readCatalog(fleet)).toMatchObject(expected);
}
