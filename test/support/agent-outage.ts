/** Three instances whose Consul agent is killed, and started again when every node was probed so many times without it. */
import { expect } from 'vitest';
import { untilStatus } from './catalog.ts';
import { startConsul } from './consul.ts';
import { readCatalog, withStatus } from './fleet-catalog.ts';
import { createFleet } from './fleet.ts';
import { temporaryFolder } from './folder.ts';
import { longestGapMs, untilProbedOn } from './gaps.ts';
import { startInstances } from './instances.ts';
import { followLists } from './list-history.ts';
import { ONE_OUTAGE, outageNews } from './outage-news.ts';
import { pathOf, registerNode, registerNodes, WEB_CHECK } from './probed-nodes.ts';
import { untilSettled } from './settled.ts';
import { untilLeader } from './shares.ts';
import { broken, startWeb } from './web.ts';

const IDS = ['one', 'two', 'three'];
const NODES = 10;
const INTERVAL_MS = 1_000;

/** A probe on a busy machine may be late by as much. */
const SLACK_MS = 1_000;

/** What the contract allows from Consul's return to the report. */
const REPORT_MS = 2_000;

/** Asserts all that the contract promises of such an outage. The interval is a second: `probes` is its length in seconds. */
export async function rideOutAgentOutage(probes: number): Promise<void> {
  await using folder = await temporaryFolder();
  await using consul = await startConsul({ dataDir: folder.path });
  await using web = await startWeb();
  const fleet = createFleet(consul, 'agent-outage');
  const nodes = await registerNodes(fleet, NODES, web, `${INTERVAL_MS}ms`);
  await using instances = await startInstances(fleet, IDS);
  await untilSettled(fleet, IDS, nodes, web);
  await using history = await followLists(fleet);
  const before = await readCatalog(fleet);
  const startedMs = performance.now();

  await consul.kill('SIGKILL');
  await Promise.all(instances.all.map((daemon) => daemon.until('Lost Consul')));
  const [sick = ''] = nodes;
  web.answer(pathOf(sick), () => broken());
  await untilProbedOn(web, nodes, probes, 60_000);
  await consul.start();
  await untilStatus(consul, sick, WEB_CHECK, 'critical', REPORT_MS);

  await Promise.all(instances.all.map((daemon) => daemon.until('Consul is back')));
  await untilLeader(fleet);
  await registerNode(fleet, 'agent-outage-new', web, `${INTERVAL_MS}ms`);
  await untilStatus(consul, 'agent-outage-new', WEB_CHECK, 'passing');
  expect(longestGapMs(web, nodes, startedMs)).toBeLessThan(INTERVAL_MS + SLACK_MS);
  expect(instances.all.map(outageNews)).toEqual(IDS.map(() => ONE_OUTAGE));
  expect(history.moves()).toEqual([]);
  expect(await readCatalog(fleet)).toMatchObject(withStatus(before, [`${sick}/${WEB_CHECK}`], 'critical'));
}
