/** The built daemon cannot tell the embedded Consul from a real one: it finds a node, probes it, reports, and leaves in order. */
import { expect, test } from 'vitest';
import { startEmbedded, type TestEmbedded } from '../../support/contract/embedded.ts';
import { startDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { startTcpTarget } from '../../support/targets.ts';

const SERVICE = { ID: 'w1', Service: 'web' };

/** Node `foo`, pinged by TCP where its check probes, whose service goes when it has failed for two seconds. */
const registration = (port: number) => ({
  Node: 'foo',
  Address: '127.0.0.1',
  NodeMeta: { 'external-node': 'true', 'external-probe': 'true', 'external-probe-port': String(port) },
  Service: SERVICE,
  Checks: [
    { Node: 'foo', CheckID: 'plain', Name: 'plain', Definition: { TCP: `127.0.0.1:${port}`, Interval: '1s' } },
    {
      Node: 'foo',
      CheckID: 'due',
      Name: 'due',
      ServiceID: SERVICE.ID,
      Definition: { TCP: `127.0.0.1:${port}`, Interval: '1s', DeregisterCriticalServiceAfter: '2s' },
    },
  ],
});

const statuses = async (consul: TestEmbedded): Promise<Readonly<Record<string, string>>> => {
  // safe: what /v1/health/node answers
  const checks = (await consul.get('/health/node/foo')) as readonly { CheckID: string; Status: string }[];
  return Object.fromEntries(checks.map(({ CheckID, Status }) => [CheckID, Status]));
};

const untilStatuses = (consul: TestEmbedded, expected: Readonly<Record<string, string>>): Promise<unknown> =>
  eventually(JSON.stringify(expected), async () => JSON.stringify(await statuses(consul)) === JSON.stringify(expected));

test('a node is found, probed, reported and reaped, and a stop leaves nothing behind', async () => {
  await using consul = await startEmbedded();
  await using target = await startTcpTarget((socket) => socket.end());
  await consul.put('/catalog/register', registration(target.port));
  const settings = { http_addr: consul.url, ping_type: 'tcp', node_probe_interval: '1s', node_reconnect_timeout: '5s' };
  await using daemon = await startDaemon({ config: JSON.stringify({ ...settings, instance_id: 'one' }) });
  await untilStatuses(consul, { due: 'passing', externalNodeHealth: 'passing', plain: 'passing' });
  await eventually('a coordinate', () => consul.get('/coordinate/node/foo').catch(() => undefined));

  await target[Symbol.asyncDispose]();
  await untilStatuses(consul, { due: 'critical', externalNodeHealth: 'critical', plain: 'critical' });
  await untilStatuses(consul, { externalNodeHealth: 'critical', plain: 'critical' });
  await eventually('the end of foo', async () => (await consul.get('/catalog/node/foo')) === null);
  expect(await consul.get('/kv/consul-esm/probes/?keys').catch(() => [])).toEqual([]);

  expect(await daemon.stop()).toBe(0);
  expect(await consul.get('/catalog/service/consul-esm')).toEqual([]);
  expect(await consul.get('/session/list')).toEqual([]);
  expect(daemon.stderr).toBe('');
  expect(daemon.lines(/\[(WARN|ERROR)\]/)).toEqual([]);
});
