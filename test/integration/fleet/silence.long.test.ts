/** One instance's Consul says nothing for a minute: the others take its nodes over and give a share back, and it goes on probing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untilStatus } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import type { TestDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { readCatalog, withStatus } from '../../support/fleet-catalog.ts';
import { longestGapMs, untilProbedOn } from '../../support/gaps.ts';
import { ONE_OUTAGE, outageNews } from '../../support/outage-news.ts';
import { pathOf, WEB_CHECK } from '../../support/probed-nodes.ts';
import { startProxiedFleet } from '../../support/proxied-fleet.ts';
import { leaderOf, readLists, untilLeader, untilShared } from '../../support/shares.ts';
import { broken } from '../../support/web.ts';

const IDS = ['one', 'two', 'three'];
const NODES = 12;
const INTERVAL_MS = 1_000;

/** A probe may be late by as much on a busy machine. */
const SLACK_MS = 2_000;

/** What behaviour.md allows from the end of an outage until all is right. */
const RIGHT_MS = 2_000;

/** By the one that is cut off, one a second, after the others took over some 15 s into the silence. */
const PROBES_MEANWHILE = 45;

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

describe.concurrent('a minute of silence', () => {
  test.each(['follower', 'leader'])('of the Consul of a %s', async (role) => {
    const name = `silence-${role}`;
    await using all = await startProxiedFleet(consul, name, { ids: IDS, nodes: NODES, interval: `${INTERVAL_MS}ms` });
    const { fleet, web, nodes, instances, terms } = all;
    const leader = await untilLeader(fleet);
    const victimId = role === 'leader' ? leader : IDS.find((id) => id !== leader)!;
    const { daemon: victim, proxy } = instances.find(({ id }) => id === victimId)!;
    const share = (await readLists(fleet)).get(victimId)?.nodes ?? [];
    const [sick = ''] = share;
    const before = await readCatalog(fleet);
    const startedMs = performance.now();

    proxy.fail({ type: 'hang' });
    const heirs = IDS.filter((id) => id !== victimId);
    await untilShared(fleet, heirs, NODES, 25_000);
    web.answer(pathOf(sick), () => broken());
    await untilStatus(consul, sick, WEB_CHECK, 'critical');
    expect(heirs).toContain(await leaderOf(fleet));
    await Promise.all(share.map((node) => untilSeen(victim, node, PROBES_MEANWHILE)));
    proxy.recover();
    await untilShared(fleet, IDS, NODES, RIGHT_MS);

    await victim.until('Consul is back');
    await untilProbedOn(web, nodes, 3);
    expect(longestGapMs(web, nodes, startedMs)).toBeLessThan(INTERVAL_MS + SLACK_MS);
    expect(outageNews(victim)).toEqual(ONE_OUTAGE);
    expect(instances.filter(({ id }) => id !== victimId).flatMap(({ daemon }) => outageNews(daemon))).toEqual([]);
    expect(terms.overlaps()).toEqual([]);
    expect(terms.acting()).toEqual([await leaderOf(fleet)]);
    expect(await readCatalog(fleet)).toMatchObject(withStatus(before, [`${sick}/${WEB_CHECK}`], 'critical'));
  });
});

/** Resolves once the daemon has told so many more results of the node's check: it alone, whoever else probes the node. */
function untilSeen(daemon: TestDaemon, node: string, times: number): Promise<unknown> {
  const results = (): number => daemon.lines(`agent: Check '${node}/${WEB_CHECK}' is `).length;
  const goal = results() + times;
  return eventually(`${times} more results of ${node}`, () => results() >= goal, { deadlineMs: 90_000, everyMs: 250 });
}
