/** After fifty outages of every kind a daemon holds what it held after the first few: no descriptor, timer or memory is left over. */
import { expect, test } from 'vitest';
import { untilStatus } from '../../support/catalog.ts';
import { startConsul } from '../../support/consul.ts';
import { startDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { startFaultProxy, type Fault } from '../../support/fault-proxy.ts';
import { createFleet } from '../../support/fleet.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { untilProbedOn } from '../../support/gaps.ts';
import { lookInto, type Holdings } from '../../support/innards.ts';
import { pathOf, registerNodes, WEB_CHECK } from '../../support/probed-nodes.ts';
import { broken, ok, startWeb } from '../../support/web.ts';

const NODES = 10;
const ROUNDS = 50;

const FAULTS: readonly Fault[] = [
  { type: 'answer', status: 429, body: 'Your IP is issuing too many concurrent connections' },
  { type: 'answer', status: 500, body: 'No cluster leader' },
  { type: 'answer', status: 503, body: 'Service Unavailable' },
  { type: 'truncate' },
  { type: 'hang' },
  { type: 'rewind', by: 5 },
];

/** Each fault once: code that runs for the first time is compiled, and stays. */
const FIRST_ROUNDS = FAULTS.length;

/** 0.3 MiB of inline caches and the like were seen; a leak of 64 KiB a round, which is one answer kept, would be 2.7 MiB. */
const HEAP_GROWTH_BYTES = 2 * 1024 * 1024;

/** Connections to Consul that nothing uses are kept for 30 s, and the last outage may have left more of them than the first. */
const IDLE_CONNECTIONS_MS = 45_000;

test('fifty rounds of outages leave nothing over', async () => {
  await using folder = await temporaryFolder();
  await using consul = await startConsul();
  await using proxy = await startFaultProxy(consul.port);
  await using web = await startWeb();
  const fleet = createFleet({ ...consul, url: proxy.url }, 'fifty-rounds');
  const nodes = await registerNodes(fleet, NODES, web, '1s');
  const [fickle = ''] = nodes;
  const innards = lookInto(folder.path);
  await using daemon = await startDaemon({ config: fleet.config(), env: innards.env });
  await untilStatus(consul, fickle, WEB_CHECK, 'passing');

  let outages = 0;
  const goThrough = async (round: number): Promise<void> => {
    const fault = FAULTS[round % FAULTS.length]!;
    const isIll = round % 2 === 0;
    proxy.fail(fault);
    web.answer(pathOf(fickle), () => (isIll ? broken() : ok()));
    if (fault.type === 'rewind') await untilStatus(consul, fickle, WEB_CHECK, isIll ? 'critical' : 'passing');
    else outages += 1;
    await eventually('Consul lost', () => daemon.lines('Lost Consul').length === outages);
    proxy.recover();
    await untilStatus(consul, fickle, WEB_CHECK, isIll ? 'critical' : 'passing');
    await eventually('Consul back', () => daemon.lines('Consul is back').length === outages);
    await untilProbedOn(web, nodes, 1);
  };

  for (let round = 0; round < FIRST_ROUNDS; round += 1) await goThrough(round);
  const first = await innards.atRest(daemon);
  for (let round = FIRST_ROUNDS; round < ROUNDS; round += 1) await goThrough(round);
  const last = await innards.atRest(daemon);

  expect(surplus(first.resources, last.resources)).toEqual({});
  const isAsBefore = async (): Promise<boolean> => (await innards.descriptors(daemon)) <= first.descriptors;
  await eventually('as many descriptors as at first', isAsBefore, { deadlineMs: IDLE_CONNECTIONS_MS });
  expect(last.heapBytes - first.heapBytes).toBeLessThan(HEAP_GROWTH_BYTES);
  expect(daemon.lines(/\[(WARN|ERROR)\]/)).toHaveLength(outages);
});

/** Of which kinds there are more than there were. Fewer are none left over: a timer of a daemon's first minute runs but once. */
const surplus = (first: Holdings['resources'], last: Holdings['resources']): Record<string, number> =>
  Object.fromEntries(Object.entries(last).filter(([kind, count]) => count > (first[kind] ?? 0)));
