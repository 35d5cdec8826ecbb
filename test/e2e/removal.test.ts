/** What is dead for too long is removed from the catalog: its time is kept in KV, and outlives the daemon that began to count. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOf, kvOf, register, servicesOf, untilStatus, type NodeEntry } from '../support/catalog.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet } from '../support/fleet.ts';
import { refusedPort } from '../support/targets.ts';
import { broken, ok, startPingTarget, startWeb, type Web } from '../support/web.ts';

let consul: TestConsul;
let web: Web;

beforeAll(async () => {
  consul = await startConsul();
  web = await startWeb();
});

afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

/** Seconds from the year 1 to 1970, as Go counts. */
const YEAR_1 = 62_135_596_800n;

/** Go's 15 bytes: version, seconds since the year 1, nanoseconds, minutes east of Greenwich. */
const goTime = (ms: number, zoneMinutes: number): Buffer => {
  const bytes = Buffer.alloc(15);
  bytes.writeUInt8(1, 0);
  bytes.writeBigInt64BE(BigInt(Math.floor(ms / 1000)) + YEAR_1, 1);
  bytes.writeInt16BE(zoneMinutes, 13);
  return bytes;
};

/** Milliseconds since 1970; throws unless the bytes are what Go writes for UTC. */
const readGoTime = (bytes: Buffer | undefined): number => {
  expect([bytes?.length, bytes?.readUInt8(0), bytes?.readInt16BE(13)]).toEqual([15, 1, -1]);
  return Number(bytes!.readBigInt64BE(1) - YEAR_1) * 1000 + bytes!.readUInt32BE(9) / 1e6;
};

const kv = (key: string): Promise<Buffer> => eventually(`KV ${key}`, () => kvOf(consul, key));

const untilGone = (what: string, isGone: () => Promise<boolean>): Promise<boolean> =>
  eventually(`the end of ${what}`, isGone, { everyMs: 20 });

const untilNodeGone = (node: string): Promise<boolean> =>
  untilGone(node, async () => (await servicesOf(consul, node)) === undefined);

const failing = (path: string, deadline: string, more: object = {}): Record<string, unknown> => ({
  CheckID: path.slice(1),
  Name: path,
  Status: 'critical',
  Definition: { HTTP: web.url(path), Interval: '1s', DeregisterCriticalServiceAfter: deadline },
  ...more,
});

const putKv = (key: string, bytes: Buffer): Promise<unknown> =>
  fetch(`${consul.url}/v1/kv/${key}`, { method: 'PUT', body: new Uint8Array(bytes) });

describe.concurrent('a node', () => {
  test('that is silent for node_reconnect_timeout is removed, and its time with it; one that answers in time is kept', async () => {
    const fleet = createFleet(consul, 'silent');
    let pings = await startPingTarget();
    const dead = String(await refusedPort());
    await register(consul, { node: 'silent', meta: { ...fleet.pinged, 'external-probe-port': dead } });
    await using daemon = await fleet.start('node_probe_interval = "1s"\nnode_reconnect_timeout = "3s"');
    const check = await untilStatus(consul, 'silent', 'externalNodeHealth', 'critical');
    expect(check.Output).toBe('Node not live or unreachable');
    const sinceMs = readGoTime(await kv('silent/probes/silent'));
    expect(Math.abs(Date.now() - sinceMs)).toBeLessThan(3_000);
    await untilNodeGone('silent');
    expect(Date.now() - sinceMs).toBeGreaterThanOrEqual(3_000);
    expect(await kvOf(consul, 'silent/probes/silent')).toBeUndefined();
    await daemon.until(/Removed a node.*: node=silent$/);

    const port = pings.port;
    await pings[Symbol.asyncDispose]();
    await register(consul, { node: 'saved', meta: { ...fleet.pinged, 'external-probe-port': String(port) } });
    const failedAtMs = readGoTime(await kv('silent/probes/saved'));
    pings = await startPingTarget(port);
    await untilStatus(consul, 'saved', 'externalNodeHealth', 'passing');
    expect(await kvOf(consul, 'silent/probes/saved')).toBeUndefined();
    await eventually('pings after the former deadline', () => Date.now() > failedAtMs + 3_000 && pings.connections > 3);
    expect(await servicesOf(consul, 'saved')).toEqual([]);
    await pings[Symbol.asyncDispose]();
  });

  test('keeps the time that a Go instance wrote; the time of a former node of its name is not its own', async () => {
    const fleet = createFleet(consul, 'go');
    const meta = { ...fleet.pinged, 'external-probe-port': String(await refusedPort()) };
    const twoHoursAgo = goTime(Date.now() - 7_200_000, 60);
    await putKv('go/probes/reborn', twoHoursAgo);
    await register(consul, { node: 'reborn', meta });
    await register(consul, { node: 'old', meta });
    await putKv('go/probes/old', twoHoursAgo);
    await using _ = await fleet.start('node_probe_interval = "1s"\nnode_reconnect_timeout = "1h"');
    await untilNodeGone('old');
    await untilStatus(consul, 'reborn', 'externalNodeHealth', 'critical');
    const sinceMs = readGoTime(await kv('go/probes/reborn'));
    expect(Date.now() - sinceMs).toBeLessThan(60_000);
    expect(await servicesOf(consul, 'reborn')).toEqual([]);
  });
});

describe.concurrent('a service', () => {
  test('goes once its check is critical for DeregisterCriticalServiceAfter, once for all its checks, with their times', async () => {
    const fleet = createFleet(consul, 'service');
    for (const path of ['/a', '/b', '/free', '/mended']) web.answer(path, () => broken());
    const ids = [
      {
        service: { ID: 's', Service: 's' },
        checks: ['/a', '/b'].map((path) => failing(path, '2s', { ServiceID: 's' })),
      },
      { service: { ID: 't', Service: 't' }, checks: [failing('/mended', '4s', { ServiceID: 't' })] },
      { checks: [failing('/free', '2s')] },
    ];
    for (const more of ids)
      await register(consul, { node: 'service', meta: fleet.unpinged, ...more } satisfies NodeEntry);
    await using daemon = await fleet.start();
    const sinceMs = readGoTime(await kv('service/critical/service/s/a'));
    await kv('service/critical/service/t/mended');
    web.answer('/mended', () => ok());
    await untilStatus(consul, 'service', 'mended', 'passing');
    await untilGone('s', async () => (await servicesOf(consul, 'service'))?.join() === 't');
    expect(Date.now() - sinceMs).toBeGreaterThanOrEqual(2_000);
    for (const key of ['s/a', 's/b', 't/mended']) {
      expect(await kvOf(consul, `service/critical/service/${key}`)).toBeUndefined();
    }
    const hits = web.hits('/mended');
    await eventually('runs past the deadlines of all', () => web.hits('/mended') >= hits + 3);
    expect(await servicesOf(consul, 'service')).toEqual(['t']);
    expect((await checkOf(consul, 'service', 'free'))?.Status).toBe('critical');
    await daemon.until(/Removed a service.*: node=service service=s /);
    expect(daemon.lines(/ERROR/)).toEqual([]);
  });
});

describe.concurrent('a daemon killed after it has begun to count', () => {
  test('finds the time of node and service in KV when it is back: both are due, and go at once', async () => {
    const fleet = createFleet(consul, 'killed');
    web.answer('/killed', () => broken());
    const port = { 'external-probe-port': String(await refusedPort()) };
    await register(consul, { node: 'quiet', meta: { ...fleet.pinged, ...port } });
    await register(consul, {
      node: 'ill',
      meta: fleet.unpinged,
      service: { ID: 's', Service: 's' },
      checks: [failing('/killed', '10s', { ServiceID: 's' })],
    });
    const more = 'node_probe_interval = "1s"\nnode_reconnect_timeout = "10s"';
    await using first = await fleet.start(more);
    await Promise.all(['killed/probes/quiet', 'killed/critical/ill/s/killed'].map(kv));
    await first.kill();

    await using second = await fleet.start(more);
    await second.until('Waiting to obtain leadership');
    const backAtMs = Date.now();
    await untilNodeGone('quiet');
    await untilGone('s', async () => (await servicesOf(consul, 'ill'))?.length === 0);
    expect(Date.now() - backAtMs).toBeLessThan(8_000);
    expect(await second.stop()).toBe(0);
  });
});
