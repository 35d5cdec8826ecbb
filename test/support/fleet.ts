/** Scenarios of one file share a Consul: each has a fleet of its own, with its own service, KV folder and nodes. */
import type { TestConsul } from './consul.ts';
import { startDaemon, type TestDaemon } from './daemon.ts';

export interface Fleet {
  readonly name: string;
  readonly consul: TestConsul;
  /** The configuration that makes a daemon one of this fleet, with `more` behind it. */
  config(more?: string, instanceId?: string): string;
  /** Starts a daemon of this fleet; instance `one` unless told. */
  start(more?: string, instanceId?: string): Promise<TestDaemon>;
  /** The service id of an instance: what its list and its entry in Consul are called. */
  serviceId(instanceId: string): string;
  /** Meta of a node that is this fleet's to ping, and of one whose checks it only runs. */
  readonly pinged: Readonly<Record<string, string>>;
  readonly unpinged: Readonly<Record<string, string>>;
}

/** `name` is the service, the KV folder and the meta of its nodes. Pings go to `external-probe-port`, for want of ICMP. */
export function createFleet(consul: TestConsul, name: string): Fleet {
  const config = (more = '', instanceId = 'one'): string => `
    http_addr = "${consul.url}"
    token = "${consul.token}"
    log_level = "DEBUG"
    ping_type = "tcp"
    instance_id = "${instanceId}"
    consul_service = "${name}"
    consul_kv_path = "${name}/"
    external_node_meta { fleet = "${name}" }
    ${more}
  `;
  return {
    name,
    consul,
    config,
    start: (more, instanceId) => startDaemon({ config: config(more, instanceId) }),
    serviceId: (instanceId) => `${name}:${instanceId}`,
    pinged: { fleet: name, 'external-probe': 'true' },
    unpinged: { fleet: name },
  };
}
