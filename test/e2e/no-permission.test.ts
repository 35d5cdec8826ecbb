/** A token that may no longer write or read nodes: told, no check believed gone or well, and right again with the permission. */
import { expect, test } from 'vitest';
import { checksOf, register, untilStatus } from '../support/catalog.ts';
import { startConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet } from '../support/fleet.ts';
import { broken, ok, startWeb } from '../support/web.ts';

const rules = (nodes: string): string => `
  agent_prefix "" { policy = "read" }
  key_prefix "" { policy = "write" }
  service_prefix "" { policy = "write" }
  session_prefix "" { policy = "write" }
  node_prefix "" { policy = "${nodes}" }
`;

test('a daemon whose token loses node write, then node read', async () => {
  await using consul = await startConsul({ aclEnabled: true });
  await using web = await startWeb();
  // safe: what Consul answers to these two
  const policy = (await consul.put('/acl/policy', { Name: 'daemon', Rules: rules('write') })) as { ID: string };
  const token = (await consul.put('/acl/token', { Policies: [{ ID: policy.ID }] })) as { SecretID: string };
  const allow = (nodes: string): Promise<unknown> =>
    consul.put(`/acl/policy/${policy.ID}`, { ID: policy.ID, Name: 'daemon', Rules: rules(nodes) });
  const fleet = createFleet({ ...consul, token: token.SecretID }, 'permitted');
  await using daemon = await fleet.start();
  const check = {
    CheckID: 'one',
    Name: 'one',
    Status: 'critical',
    Definition: { HTTP: web.url('/one'), Interval: '1s' },
  };
  await register(consul, { node: 'foo', meta: fleet.unpinged, checks: [check] });
  await untilStatus(consul, 'foo', 'one', 'passing');

  await allow('read');
  web.answer('/one', () => broken());
  await daemon.until('Consul refuses a request: writing to the catalog: Permission denied');
  await allow('write');
  await untilStatus(consul, 'foo', 'one', 'critical', 3_000);
  await daemon.until('Consul refuses nothing any more');

  await allow('deny');
  web.answer('/one', () => ok());
  await register(consul, { node: 'bar', meta: fleet.unpinged }); // wakes the queries that hang
  await daemon.until('Consul hides nodes from this token');
  const before = web.hits('/one');
  await eventually('three more runs', () => web.hits('/one') >= before + 3);
  expect(await checksOf(consul, 'foo')).toHaveLength(1);
  await allow('write');
  await untilStatus(consul, 'foo', 'one', 'passing', 12_000);

  expect(daemon.lines('Consul refuses a request')).toHaveLength(2);
  expect(await daemon.stop()).toBe(0);
  expect(daemon.stdout + daemon.stderr).not.toContain(token.SecretID);
});
