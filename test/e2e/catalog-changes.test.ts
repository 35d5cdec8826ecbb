/** What users change in the catalog takes effect at once: what is removed is asked no more, what is registered is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deregister, register, untilStatus } from '../support/catalog.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import type { TestDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import { broken, startPingTarget, startWeb, type Web } from '../support/web.ts';

let consul: TestConsul;
let web: Web;
let bystander: TestDaemon;

beforeAll(async () => {
  consul = await startConsul();
  web = await startWeb();
  const fleet = createFleet(consul, 'bystander');
  bystander = await fleet.start();
  await register(consul, { node: 'bystander', meta: fleet.unpinged, checks: [httpCheck('tick', '/tick')] });
});

afterAll(async () => {
  await bystander[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

const httpCheck = (id: string, path: string, more: object = {}): Record<string, unknown> => ({
  CheckID: id,
  Name: id,
  Status: 'critical',
  Definition: { HTTP: web.url(path), Interval: '1s' },
  ...more,
});

/** Resolves after `count` further runs of a check: by another daemon, so that it goes on when nothing else does. */
const runs = async (path: string, count: number): Promise<void> => {
  const before = web.hits(path);
  await eventually(`${count} runs of ${path}`, () => web.hits(path) >= before + count);
};

const ticks = (count: number): Promise<void> => runs('/tick', count);

/** Asserts that a path, of which one request may be under way, is asked no more. */
const expectSilence = async (path: string): Promise<void> => {
  await ticks(1);
  const before = web.hits(path);
  await ticks(2);
  expect(web.hits(path)).toBe(before);
};

const begin = async (name: string): Promise<Fleet & { readonly daemon: TestDaemon } & AsyncDisposable> => {
  const fleet = createFleet(consul, name);
  const daemon = await fleet.start('node_probe_interval = "1s"');
  await daemon.until('Obtained leadership');
  return { ...fleet, daemon, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
};

describe.concurrent('in a running daemon', () => {
  test('a removed check, service and node stop, the very last one too, and one registered anew starts', async () => {
    await using fleet = await begin('removal');
    const service = { ID: 's', Service: 's', Port: 1 };
    const checks = [httpCheck('one', '/removal/one'), httpCheck('two', '/removal/two', { ServiceID: 's' })];
    await register(consul, { node: 'removal-a', meta: fleet.unpinged, service, checks });
    const last = { node: 'removal-b', meta: fleet.unpinged, checks: [httpCheck('last', '/removal/last')] };
    await register(consul, last);
    await Promise.all(['one', 'two', 'last'].map((name) => runs(`/removal/${name}`, 2)));

    await deregister(consul, { Node: 'removal-a', CheckID: 'one' });
    await expectSilence('/removal/one');
    await runs('/removal/two', 1);
    await deregister(consul, { Node: 'removal-a', ServiceID: 's' });
    await expectSilence('/removal/two');
    await deregister(consul, { Node: 'removal-a' });
    await runs('/removal/last', 1);
    await deregister(consul, { Node: 'removal-b' });
    await expectSilence('/removal/last');

    await register(consul, last);
    await runs('/removal/last', 2);
    await untilStatus(consul, 'removal-b', 'last', 'passing');
    await deregister(consul, { Node: 'removal-b', CheckID: 'last' });
    await expectSilence('/removal/last');
    await register(consul, last);
    await runs('/removal/last', 2);
  });

  test('a definition changed in place is in force, and the status stands', async () => {
    await using fleet = await begin('redefined');
    const meta = fleet.unpinged;
    const define = (definition: object, status: string) =>
      register(consul, {
        node: 'redefined',
        meta,
        checks: [httpCheck('check', '', { Status: status, Definition: definition })],
      });
    await define({ HTTP: web.url('/redefined/rare'), Interval: '1h' }, 'critical');
    await untilStatus(consul, 'redefined', 'check', 'passing');
    const before = web.hits('/redefined/rare');

    await define({ HTTP: web.url('/redefined/often'), Interval: '1s' }, 'passing');
    await runs('/redefined/often', 2);
    expect(web.hits('/redefined/rare')).toBe(before);
    expect(fleet.daemon.lines("Check 'redefined/check' is now")).toHaveLength(1);

    web.answer('/redefined/ill', () => broken());
    await define({ HTTP: web.url('/redefined/ill'), Interval: '1s' }, 'passing');
    await untilStatus(consul, 'redefined', 'check', 'critical');
    await expectSilence('/redefined/often');
    await define({ TCP: `127.0.0.1:${web.port}`, Interval: '1s' }, 'critical');
    const tcp = await untilStatus(consul, 'redefined', 'check', 'passing');
    expect(tcp.Output).toBe(`TCP connect 127.0.0.1:${web.port}: Success`);
    await expectSilence('/redefined/ill');
  });

  test('a node that is external no more stops, and goes on when it is again', async () => {
    await using fleet = await begin('meta');
    const checks = [httpCheck('check', '/meta')];
    await register(consul, { node: 'meta', meta: fleet.unpinged, checks });
    await runs('/meta', 2);
    await register(consul, { node: 'meta', meta: { fleet: 'none' } });
    await expectSilence('/meta');
    await register(consul, { node: 'meta', meta: fleet.unpinged });
    await runs('/meta', 2);
  });

  test('external-probe switches the pings of a node on and off, and nothing else', async () => {
    await using fleet = await begin('toggled');
    await using pings = await startPingTarget();
    const port = { 'external-probe-port': String(pings.port) };
    const pinged = async (count: number): Promise<void> => {
      const before = pings.connections;
      await eventually(`${count} pings`, () => pings.connections >= before + count);
    };
    await register(consul, { node: 'toggled', meta: fleet.unpinged, checks: [httpCheck('check', '/toggled')] });
    await runs('/toggled', 2);
    expect(pings.connections).toBe(0);

    await register(consul, { node: 'toggled', meta: { ...fleet.pinged, ...port } });
    await untilStatus(consul, 'toggled', 'externalNodeHealth', 'passing');
    await pinged(2);
    await register(consul, { node: 'toggled', meta: { ...fleet.unpinged, ...port } });
    await runs('/toggled', 1);
    const before = pings.connections;
    await runs('/toggled', 3);
    expect(pings.connections).toBe(before);
    await register(consul, { node: 'toggled', meta: { ...fleet.pinged, ...port } });
    await pinged(2);
  });
});
