/** A cluster of three Consul servers loses its leader, and later its quorum: the fleet goes on, and nothing moves or is lost. */
import { expect, test } from 'vitest';
import { untilStatus } from '../../support/catalog.ts';
import { startCluster } from '../../support/cluster.ts';
import { startDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { readCatalog, withStatus } from '../../support/fleet-catalog.ts';
import { createFleet } from '../../support/fleet.ts';
import { longestGapMs, untilProbedOn } from '../../support/gaps.ts';
import { followLists } from '../../support/list-history.ts';
import { ONE_OUTAGE, outageNews } from '../../support/outage-news.ts';
import { pathOf, registerNode, registerNodes, WEB_CHECK } from '../../support/probed-nodes.ts';
import { untilSettled } from '../../support/settled.ts';
import { untilLeader } from '../../support/shares.ts';
import { broken, startWeb } from '../../support/web.ts';

const NODES = 9;
const INTERVAL_MS = 1_000;

/** A probe may be late by as much on a busy machine; elections take longer. */
const SLACK_MS = 2_000;

/** What behaviour.md allows from the election of a leader to the report. */
const REPORT_MS = 2_000;

const OUTAGE_PROBES = 4;

test('three servers lose their leader, then their quorum, and heal', async () => {
  await using cluster = await startCluster();
  await using web = await startWeb();
  const first = await cluster.untilLed();
  const [near, far] = [0, 1, 2].filter((server) => server !== first);
  if (near === undefined || far === undefined) throw new Error('a cluster of three has two followers');
  const places = new Map([
    ['one', near],
    ['two', far],
    ['three', near],
  ]);
  const ids = [...places.keys()];
  const at = (server: number) => createFleet(cluster.servers[server]!, 'cluster');
  const fleet = at(near);
  const nodes = await registerNodes(fleet, NODES, web, `${INTERVAL_MS}ms`);
  const start = (id: string, server: number) => startDaemon({ config: at(server).config('', id) });
  await using one = await start('one', near);
  await using two = await start('two', far);
  await using three = await start('three', near);
  const daemons = [one, two, three];
  await untilSettled(fleet, ids, nodes, web);
  await using history = await followLists(fleet);
  const before = await readCatalog(fleet);
  const startedMs = performance.now();
  const [ill = '', worse = ''] = nodes;

  await cluster.kill(first, 'SIGKILL');
  web.answer(pathOf(ill), () => broken());
  await cluster.untilLed((server) => server !== first);
  await untilStatus(fleet.consul, ill, WEB_CHECK, 'critical', REPORT_MS);
  await eventually('calm after the election', () =>
    daemons.every((daemon) => daemon.lines('Consul is back').length === daemon.lines('Lost Consul').length),
  );
  const told = daemons.map((daemon) => daemon.lines('Lost Consul').length);
  expect(Math.max(...told)).toBeLessThanOrEqual(1);

  await cluster.kill(far, 'SIGKILL');
  await Promise.all(daemons.map((daemon, place) => untilLost(daemon, (told[place] ?? 0) + 1)));
  web.answer(pathOf(worse), () => broken());
  await untilProbedOn(web, nodes, OUTAGE_PROBES);
  await Promise.all([cluster.start(first), cluster.start(far)]);
  await cluster.untilLed();
  await untilStatus(fleet.consul, worse, WEB_CHECK, 'critical', REPORT_MS);

  await Promise.all(
    daemons.map((daemon, place) =>
      eventually('Consul back', () => daemon.lines('Consul is back').length === (told[place] ?? 0) + 1),
    ),
  );
  await untilLeader(fleet);
  await registerNode(fleet, 'cluster-new', web, `${INTERVAL_MS}ms`);
  await untilStatus(fleet.consul, 'cluster-new', WEB_CHECK, 'passing');
  expect(longestGapMs(web, nodes, startedMs)).toBeLessThan(INTERVAL_MS + SLACK_MS);
  for (const [place, daemon] of daemons.entries()) {
    const outages = Array.from({ length: (told[place] ?? 0) + 1 }, () => ONE_OUTAGE).flat();
    expect(outageNews(daemon)).toEqual(outages);
  }
  expect(history.moves()).toEqual([]);
  const ailing = [ill, worse].map((node) => `${node}/${WEB_CHECK}`);
  expect(await readCatalog(fleet)).toMatchObject(withStatus(before, ailing, 'critical'));
});

const untilLost = (daemon: { lines(what: string): readonly string[] }, times: number): Promise<unknown> =>
  eventually('Consul lost', () => daemon.lines('Lost Consul').length === times, { deadlineMs: 30_000 });
