/** Consul answers badly or not at all: probing goes on, nothing is believed, and the daemon is right again by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checksOf, register, untilStatus } from '../support/catalog.ts';
import { httpCheck, runs } from '../support/checked-web.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { startFaultProxy, type Fault } from '../support/fault-proxy.ts';
import { createFleet } from '../support/fleet.ts';
import { broken, startWeb } from '../support/web.ts';

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul();
});
afterAll(async () => {
  await consul.stop();
});

const OUTAGES: readonly (readonly [string, Fault])[] = [
  ['500', { type: 'answer', status: 500, body: 'No cluster leader' }],
  ['429', { type: 'answer', status: 429, body: 'Your IP is issuing too many concurrent connections' }],
  ['a web page', { type: 'answer', status: 200, body: '<html>Welcome</html>', contentType: 'text/html' }],
  ['JSON of somebody else', { type: 'answer', status: 200, body: '{}', contentType: 'application/json' }],
  ['nothing', { type: 'hang' }],
  ['resets', { type: 'reset' }],
  ['half of what it should', { type: 'truncate' }],
];

describe.concurrent('a Consul that answers', () => {
  test.each(OUTAGES)(
    '%s is told of twice, and what changed meanwhile is written within 2 s of its end',
    async (...at) => {
      const [name, fault] = at;
      await using proxy = await startFaultProxy(consul.port);
      await using web = await startWeb();
      const fleet = createFleet({ ...consul, url: proxy.url }, `outage-${OUTAGES.findIndex(([one]) => one === name)}`);
      await using daemon = await fleet.start();
      const node = `${fleet.name}-old`;
      await register(consul, { node, meta: fleet.unpinged, checks: [httpCheck(web, '/one'), httpCheck(web, '/two')] });
      await untilStatus(consul, node, 'one', 'passing');
      await untilStatus(consul, node, 'two', 'passing');

      proxy.fail(fault);
      web.answer('/one', () => broken());
      await daemon.until('Lost Consul');
      await daemon.until(`agent: Check '${node}/one' is critical`);
      const young = `${fleet.name}-new`;
      await register(consul, { node: young, meta: fleet.unpinged, checks: [httpCheck(web, '/three')] });
      await runs(web, '/two', 4);
      expect((await checksOf(consul, node)).map(({ CheckID }) => CheckID).sort()).toEqual(['one', 'two']);
      expect(daemon.lines('Consul is back')).toEqual([]);

      proxy.recover();
      await Promise.all([
        untilStatus(consul, node, 'one', 'critical', 2_000),
        untilStatus(consul, young, 'three', 'passing', 3_000),
      ]);
      await daemon.until('Consul is back');
      expect((await checksOf(consul, node)).map(({ CheckID, Status }) => [CheckID, Status]).sort()).toEqual([
        ['one', 'critical'],
        ['two', 'passing'],
      ]);
      expect(daemon.lines('Lost Consul')).toHaveLength(1);
      expect(daemon.lines(/WARN|ERROR/)).toHaveLength(1);
      expect(await daemon.stop()).toBe(0);
    },
  );

  test('late by half a second is no outage', async () => {
    await using proxy = await startFaultProxy(consul.port);
    await using web = await startWeb();
    const fleet = createFleet({ ...consul, url: proxy.url }, 'slow');
    await using daemon = await fleet.start();
    await register(consul, { node: 'slow', meta: fleet.unpinged, checks: [httpCheck(web, '/one')] });
    await untilStatus(consul, 'slow', 'one', 'passing');
    proxy.fail({ type: 'slow', ms: 500 });
    web.answer('/one', () => broken());
    await untilStatus(consul, 'slow', 'one', 'critical');
    await runs(web, '/one', 3);
    expect(daemon.lines(/WARN|ERROR/)).toEqual([]);
    expect(await daemon.stop()).toBe(0);
  });
});
