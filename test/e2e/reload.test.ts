/** SIGHUP: what can change in place does, what needs a restart is named, and a bad file changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOf, register, untilStatus } from '../support/catalog.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet } from '../support/fleet.ts';
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

const httpCheck = (path: string): Record<string, unknown> => ({
  CheckID: path.slice(1),
  Name: path,
  Status: 'critical',
  Definition: { HTTP: web.url(path), Interval: '1s' },
});

const runs = async (path: string, count: number): Promise<void> => {
  const before = web.hits(path);
  await eventually(`${count} runs of ${path}`, () => web.hits(path) >= before + count);
};

describe.concurrent('a running daemon', () => {
  test('takes over log level, thresholds and intervals', async () => {
    const fleet = createFleet(consul, 'live');
    await using pings = await startPingTarget();
    await register(consul, {
      node: 'live',
      meta: { ...fleet.pinged, 'external-probe-port': String(pings.port) },
      checks: [httpCheck('/live')],
    });
    await using daemon = await fleet.start('critical_threshold = 1000\nnode_probe_interval = "1h"');
    await untilStatus(consul, 'live', 'live', 'passing');
    await untilStatus(consul, 'live', 'externalNodeHealth', 'passing');
    web.answer('/live', () => broken());
    await runs('/live', 2);
    expect((await checkOf(consul, 'live', 'live'))?.Status).toBe('passing');

    const next = fleet.config('critical_threshold = 1\nnode_probe_interval = "1s"').replace('DEBUG', 'INFO');
    await daemon.reload(next);
    const line = await daemon.until('Configuration reloaded');
    for (const key of ['log_level', 'critical_threshold', 'node_probe_interval']) expect(line).toContain(key);
    await untilStatus(consul, 'live', 'live', 'critical');
    const known = pings.connections;
    await eventually('two more pings', () => pings.connections >= known + 2);
    const debug = daemon.lines('[DEBUG]').length;
    await runs('/live', 1);
    expect(daemon.lines('[DEBUG]')).toHaveLength(debug);
    expect(daemon.lines('restart')).toEqual([]);
  });

  test('follows other nodes as soon as external_node_meta says so', async () => {
    const fleet = createFleet(consul, 'before');
    await register(consul, { node: 'before', meta: fleet.unpinged, checks: [httpCheck('/before')] });
    await register(consul, { node: 'after', meta: { fleet: 'after' }, checks: [httpCheck('/after')] });
    await using daemon = await fleet.start();
    await runs('/before', 2);
    expect(web.hits('/after')).toBe(0);
    await daemon.reload(fleet.config().replace('{ fleet = "before" }', '{ fleet = "after" }'));
    await untilStatus(consul, 'after', 'after', 'passing');
    await runs('/after', 1);
    const before = web.hits('/before');
    await runs('/after', 2);
    expect(web.hits('/before')).toBe(before);
  });

  test('names what needs a restart, and goes on as it is', async () => {
    const fleet = createFleet(consul, 'restart');
    await register(consul, { node: 'restart', meta: fleet.unpinged, checks: [httpCheck('/restart')] });
    await using daemon = await fleet.start();
    await runs('/restart', 1);
    await daemon.reload(fleet.config().replace('"restart/"', '"elsewhere/"').replace('"one"', '"two"'));
    const line = await daemon.until('Settings changed that need a restart');
    expect(line).toMatch(/\[WARN\].*instance_id.*consul_kv_path|\[WARN\].*consul_kv_path.*instance_id/);
    await runs('/restart', 2);
    expect(await consul.get('/catalog/service/restart')).toEqual([
      expect.objectContaining({ ServiceID: 'restart:one' }),
    ]);
    expect(await daemon.stop()).toBe(0);
  });

  test('keeps what it has when the file is bad, and takes the next good one', async () => {
    const fleet = createFleet(consul, 'bad');
    await register(consul, { node: 'bad', meta: fleet.unpinged, checks: [httpCheck('/bad')] });
    await using daemon = await fleet.start('passing_threshold = 1000');
    await runs('/bad', 1);
    await daemon.reload(fleet.config('passing_threshold = "many"'));
    const line = await daemon.until('Configuration not reloaded');
    expect(line).toMatch(/\[ERROR\].*x\.hcl:\d+.*passing_threshold.*many/);
    await daemon.reload('log_level = ');
    await eventually('the second complaint', () => daemon.lines('Configuration not reloaded').length === 2);
    await daemon.reload(fleet.config('ca_file = "/nowhere/ca.pem"'));
    await eventually('the third complaint', () => daemon.lines('Configuration not reloaded').length === 3);
    await runs('/bad', 2);
    expect((await checkOf(consul, 'bad', 'bad'))?.Status).toBe('critical');
    await daemon.reload(fleet.config());
    await untilStatus(consul, 'bad', 'bad', 'passing');
    expect(daemon.stderr).toBe('');
  });
});

test('a new token takes the place of the one that was revoked, and neither is ever told', async () => {
  await using guarded = await startConsul({ aclEnabled: true });
  const policy = await guarded.put('/acl/policy', {
    Name: 'esm',
    Rules: `
      agent_prefix "" { policy = "read" }
      key_prefix "tokens/" { policy = "write" }
      node_prefix "" { policy = "write" }
      service_prefix "" { policy = "write" }
      session_prefix "" { policy = "write" }
    `,
  });
  const { ID } = policy as { readonly ID: string }; // safe: what /v1/acl/policy answers
  const makeToken = async (): Promise<{ readonly AccessorID: string; readonly SecretID: string }> =>
    // safe: what /v1/acl/token answers
    (await guarded.put('/acl/token', { Policies: [{ ID }] })) as { AccessorID: string; SecretID: string };
  const [first, second] = [await makeToken(), await makeToken()];
  const fleet = createFleet({ ...guarded, token: first.SecretID }, 'tokens');
  await register(guarded, { node: 'tokens', meta: fleet.unpinged, checks: [httpCheck('/tokens')] });
  await using daemon = await fleet.start();
  await untilStatus(guarded, 'tokens', 'tokens', 'passing');

  await guarded.delete(`/acl/token/${first.AccessorID}`);
  web.answer('/tokens', () => broken());
  await daemon.until(/Consul refuses|Lost Consul/);
  const hits = web.hits('/tokens');
  await daemon.reload(fleet.config().replace(first.SecretID, second.SecretID));
  await untilStatus(guarded, 'tokens', 'tokens', 'critical');
  web.answer('/tokens', () => ok());
  await untilStatus(guarded, 'tokens', 'tokens', 'passing');
  expect(web.hits('/tokens')).toBeGreaterThan(hits);
  expect(await daemon.stop()).toBe(0);
  for (const { SecretID } of [first, second]) expect(daemon.stdout + daemon.stderr).not.toContain(SecretID);
});
