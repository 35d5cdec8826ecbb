/** Consul restarts, with its memory or without: probing goes on, and the daemon is right again by itself. */
import { describe, expect, test } from 'vitest';
import { register, untilStatus } from '../support/catalog.ts';
import { httpCheck, runs } from '../support/checked-web.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import { temporaryFolder } from '../support/folder.ts';
import { broken, startPingTarget, startWeb, type Web } from '../support/web.ts';

/** The fleet's own service as the catalog has it. */
const ownEntries = async ({ consul, name }: Fleet): Promise<readonly { readonly CreateIndex: number }[]> =>
  // safe: what /v1/catalog/service answers
  (await consul.get(`/catalog/service/${name}?consistent`)) as { readonly CreateIndex: number }[];

const registerFoo = (consul: TestConsul, fleet: Fleet, web: Web, pingPort: number): Promise<unknown> =>
  register(consul, {
    node: 'foo',
    meta: { ...fleet.pinged, 'external-probe-port': String(pingPort) },
    checks: [httpCheck(web, '/one'), httpCheck(web, '/two')],
  });

describe.concurrent('a daemon whose Consul restarts', () => {
  test('with a data folder goes on, and reports what changed meanwhile as soon as it is back', async () => {
    await using folder = await temporaryFolder();
    await using consul = await startConsul({ dataDir: folder.path });
    await using web = await startWeb();
    await using pings = await startPingTarget();
    const fleet = createFleet(consul, 'kept');
    await using daemon = await fleet.start('node_probe_interval = "1s"');
    await registerFoo(consul, fleet, web, pings.port);
    await untilStatus(consul, 'foo', 'one', 'passing');
    await untilStatus(consul, 'foo', 'externalNodeHealth', 'passing');
    const entries = await ownEntries(fleet);

    await consul.kill('SIGTERM');
    await daemon.until('Lost Consul');
    web.answer('/one', () => broken());
    await pings[Symbol.asyncDispose]();
    await daemon.until("agent: Check 'foo/one' is critical");
    await daemon.until("Node 'foo' is unreachable");
    await runs(web, '/two', 2);
    await consul.start();
    await Promise.all(['one', 'externalNodeHealth'].map((id) => untilStatus(consul, 'foo', id, 'critical', 2_000)));
    expect(await ownEntries(fleet)).toEqual(entries);

    await daemon.until('Consul is back');
    await register(consul, { node: 'bar', meta: fleet.unpinged, checks: [httpCheck(web, '/three')] });
    await untilStatus(consul, 'bar', 'three', 'passing');
    expect(daemon.lines(/WARN|ERROR|Consul is back/).map((line) => /\] (Lost Consul|.*)/.exec(line)?.[1])).toEqual([
      'Lost Consul',
      'Consul is back',
    ]);
    expect(await daemon.stop()).toBe(0);
  });

  test('without one registers itself anew, stops the checks, and takes up what is registered again', async () => {
    await using consul = await startConsul();
    await using web = await startWeb();
    await using pings = await startPingTarget();
    const fleet = createFleet(consul, 'forgotten');
    await using daemon = await fleet.start();
    await registerFoo(consul, fleet, web, pings.port);
    await untilStatus(consul, 'foo', 'one', 'passing');

    await consul.restart();
    await eventually('the daemon registered anew', async () => (await ownEntries(fleet)).length === 1);
    await register(consul, { node: 'bar', meta: fleet.unpinged, checks: [httpCheck(web, '/three')] });
    await runs(web, '/three', 1);
    const before = [web.hits('/one'), web.hits('/two')];
    await runs(web, '/three', 2);
    expect([web.hits('/one'), web.hits('/two')]).toEqual(before);

    await registerFoo(consul, fleet, web, pings.port);
    for (const id of ['one', 'two', 'externalNodeHealth']) await untilStatus(consul, 'foo', id, 'passing');
    await runs(web, '/two', 2);
    expect(daemon.lines('Lost Consul')).toHaveLength(1);
    expect(daemon.lines('ERROR')).toEqual([]);
    expect(await daemon.stop()).toBe(0);
    expect(await ownEntries(fleet)).toEqual([]);
  });
});
