/** The first registration of a new user, with nothing configured: found, probed, reported, removed when due, and left in order. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { findConsul } from '../../src/dev/consul-binary.ts';
import { checksOf, kvOf, servicesOf, untilStatus } from '../support/catalog.ts';
import { startConsul } from '../support/consul.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { openPingGroups } from '../support/loopback.ts';
import { inNamespace } from '../support/namespace.ts';

/** As it stands in the README, but for a deadline of 3 s in place of 30 s. */
const REGISTRATION = {
  Node: 'foo',
  Address: '127.0.0.1',
  NodeMeta: { 'external-node': 'true', 'external-probe': 'true' },
  Service: { ID: 'web1', Service: 'web', Tags: ['v1'], Address: '127.0.0.1', Port: 8000 },
  Checks: [
    {
      Node: 'foo',
      CheckID: 'service:web1',
      Name: 'Web HTTP check',
      Status: 'critical',
      ServiceID: 'web1',
      Definition: { HTTP: 'http://localhost:8000/health', Interval: '10s', Timeout: '5s' },
    },
    {
      Node: 'foo',
      CheckID: 'service:web2',
      Name: 'Web TCP check',
      Status: 'critical',
      ServiceID: 'web1',
      Definition: { TCP: 'localhost:8000', Interval: '5s', Timeout: '1s', DeregisterCriticalServiceAfter: '3s' },
    },
  ],
};

const BANNER = new RegExp(`^Consul ESM running!
            Datacenter: \\(default\\)
               Service: "consul-esm"
           Service Tag: ""
            Service ID: "consul-esm:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
            Leader Key: "consul-esm/lock"
Node Reconnect Timeout: "72h"

Log data will now stream in as it occurs:
`);

/** On the very port of the registration: the namespace has all ports free. */
const startWeb = async (listener: RequestListener): Promise<{ stop(): Promise<void> }> => {
  const server = createServer(listener).listen(8000, '127.0.0.1');
  await once(server, 'listening');
  return {
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

inNamespace(
  import.meta.url,
  () => {
    openPingGroups();

    test('checks and pings pass, fail with their target, and its service goes when due', async () => {
      const ports = { http: 8500, server: 8300, serfLan: 8301, serfWan: 8302 };
      await using consul = await startConsul({ ports });
      const web = await startWeb((_, response) => response.end('well'));
      await consul.put('/catalog/register', REGISTRATION);
      await using daemon = await startDaemon({ config: '' });

      const statusOf = (id: string, status: string) => untilStatus(consul, 'foo', id, status);
      const http = await statusOf('service:web1', 'passing');
      expect(http.Output).toBe('HTTP GET http://localhost:8000/health: 200 OK Output: well');
      expect((await statusOf('service:web2', 'passing')).Output).toBe('TCP connect localhost:8000: Success');
      const node = await statusOf('externalNodeHealth', 'passing');
      expect(node).toMatchObject({ Name: 'External Node Status', Output: 'Node alive or reachable' });
      await eventually(
        'a coordinate of foo',
        async () => (await consul.ask('GET', '/coordinate/node/foo')).status === 200,
      );

      await web.stop();
      await statusOf('service:web2', 'critical');
      const failedAtMs = performance.now();
      await eventually('the end of web1', async () => (await servicesOf(consul, 'foo'))?.length === 0);
      expect(performance.now() - failedAtMs).toBeGreaterThan(2_500);
      expect((await checksOf(consul, 'foo')).map(({ CheckID, Status }) => [CheckID, Status])).toEqual([
        ['externalNodeHealth', 'passing'],
      ]);

      const stoppingAtMs = performance.now();
      expect(await daemon.stop()).toBe(0);
      expect(performance.now() - stoppingAtMs).toBeLessThan(6_000);
      expect(await consul.get('/catalog/service/consul-esm')).toEqual([]);
      expect(JSON.stringify(await consul.get('/kv/consul-esm/lock'))).not.toContain('Session');
      expect(await kvOf(consul, 'consul-esm/critical/foo/web1/service:web2')).toBeUndefined();
      expect(daemon.stdout).toMatch(BANNER);
      expect(daemon.stderr).toBe('');
      const milestones = [
        'Waiting to obtain leadership...',
        'Obtained leadership',
        'Stopping on SIGTERM',
        'Lost leadership',
      ];
      const told = daemon.lines(/leadership|Stopping/).map((line) => line.replace(/^.* \[INFO\] /, ''));
      expect(told).toEqual(milestones);
      expect(daemon.lines("Check 'foo/service:web1' is now passing")).toHaveLength(1);
    });
  },
  { fetch: findConsul },
);
