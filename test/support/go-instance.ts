/** An instance of the Go ESM as Consul sees it: what it registers, holds and writes, byte for byte as its client does. */
import type { TestConsul } from './consul.ts';
import type { Fleet } from './fleet.ts';

/** The flags of a lock of Go's client, beyond 2^53. */
export const GO_LOCK_FLAGS = '3304740253564472344';

/** What Go's `time.MarshalBinary` gave for 2017-10-31 23:59:41.5 in a zone two hours east: version, seconds, nanoseconds, minutes. */
export const GO_TIME = Buffer.from('010000000ed18ae94d1dcd65000078', 'hex');

export interface GoInstance {
  readonly instanceId: string;
  /** Takes the lock `key`; throws when it is not to be had. */
  lead(key: string): Promise<void>;
  resign(key: string): Promise<void>;
  /** Writes the list of an instance, `null` where Go's slice is nil. */
  writeList(instanceId: string, nodes: readonly string[] | null, probes: readonly string[] | null): Promise<void>;
}

/** Registers it, alive for longer than any test. */
export async function startGoInstance(fleet: Fleet, instanceId: string): Promise<GoInstance> {
  const { consul, name } = fleet;
  const id = fleet.serviceId(instanceId);
  await consul.put('/agent/service/register', {
    ID: id,
    Name: name,
    Meta: { 'external-source': 'consul-esm' },
    Check: { CheckID: `${id}:agent-ttl`, Name: 'Consul External Service Monitor Alive', TTL: '10m', Status: 'passing' },
  });
  const session = await createSession(consul);
  const lock = async (key: string, by: 'acquire' | 'release'): Promise<void> => {
    const done = await consul.put(`/kv/${key}?${by}=${session}&flags=${GO_LOCK_FLAGS}`, '');
    if (done !== true) throw new Error(`cannot ${by} ${key}`);
  };
  return {
    instanceId,
    lead: (key) => lock(key, 'acquire'),
    resign: (key) => lock(key, 'release'),
    async writeList(of, nodes, probes) {
      await consul.put(`/kv/${name}/agents/${fleet.serviceId(of)}`, JSON.stringify({ Nodes: nodes, Probes: probes }));
    },
  };
}

async function createSession(consul: TestConsul): Promise<string> {
  // Go's TTL is 15 s and renewed; nobody renews this one.
  const session = { Name: 'Consul API Lock', TTL: '10m' };
  // safe: what /v1/session/create answers
  return ((await consul.put('/session/create', session)) as { readonly ID: string }).ID;
}
