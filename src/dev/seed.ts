/** The external node that the demo registers. */

export interface Seed {
  /** Where the checks look. */
  readonly port: number;
  /** More of the node's meta. */
  readonly meta?: Readonly<Record<string, string>>;
}

/** Node `foo` with service web1, an HTTP check and a TCP check, as PUT to /v1/catalog/register. */
const seedNode = ({ port, meta }: Seed): object => ({
  Node: 'foo',
  Address: '127.0.0.1',
  NodeMeta: { 'external-node': 'true', 'external-probe': 'true', ...meta },
  Service: { ID: 'web1', Service: 'web', Tags: ['v1'], Address: '127.0.0.1', Port: port },
  Checks: [
    {
      Node: 'foo',
      CheckID: 'service:web1',
      Name: 'Web HTTP check',
      Status: 'critical',
      ServiceID: 'web1',
      Definition: { HTTP: `http://localhost:${port}/health`, Interval: '10s', Timeout: '5s' },
    },
    {
      Node: 'foo',
      CheckID: 'service:web2',
      Name: 'Web TCP check',
      Status: 'critical',
      ServiceID: 'web1',
      Definition: {
        TCP: `localhost:${port}`,
        Interval: '5s',
        Timeout: '1s',
        DeregisterCriticalServiceAfter: '30s',
      },
    },
  ],
});

/** Registers the node, or what was removed of it. Rejects when Consul refuses. */
export async function registerSeed(consulUrl: string, seed: Seed): Promise<void> {
  const body = JSON.stringify(seedNode(seed));
  const answer = await fetch(`${consulUrl}/v1/catalog/register`, { method: 'PUT', body });
  if (!answer.ok) throw new Error(`Consul refused the example node: ${answer.status} ${await answer.text()}`);
}

/** Registers the node when its service is gone: a service that was critical for too long has been removed. */
export async function restoreSeed(consulUrl: string, seed: Seed): Promise<void> {
  const answer = await fetch(`${consulUrl}/v1/catalog/service/web`);
  if (answer.ok && (await answer.text()).includes('"foo"')) return;
  await registerSeed(consulUrl, seed);
}
