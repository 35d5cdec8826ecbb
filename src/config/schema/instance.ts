import type { Keys } from './key.ts';

/** Who this instance is, and with whom it shares the work. */
export const INSTANCE_KEYS = {
  instance_id: {
    type: 'string',
    default: '',
    description: 'Tells this instance from the others. Default: a random UUID at each start.',
  },
  consul_service: {
    type: 'string',
    default: 'consul-esm',
    description:
      'The service as which the daemon registers itself. Instances that share it and the tag share the work.',
  },
  consul_service_tag: {
    type: 'string',
    default: '',
    description: 'The tag of that service. Instances under different tags form different fleets.',
  },
  consul_kv_path: {
    type: 'string',
    default: 'consul-esm/',
    description: 'The folder in the KV store where the fleet keeps its lists. A missing final slash is added.',
  },
  consul_leader_key: {
    type: 'string',
    default: '',
    description:
      'The KV key of the leader lock. Default: `<consul_kv_path>leader` if that path is set, else `consul-esm/lock`.',
  },
  enable_agentless: {
    type: 'boolean',
    default: false,
    env: 'CONSUL_ENABLEAGENTLESS',
    later: true,
    description: 'Talks to Consul servers directly, without a local agent.',
  },
  batch_flush_interval: {
    type: 'string',
    format: 'duration',
    default: '500ms',
    later: true,
    description: 'Without an agent: how long writes are gathered; `0s`: not at all, negative: the default.',
  },
  stale_read_nodes: {
    type: 'boolean',
    default: false,
    later: true,
    description: 'Lets any server answer reads of the catalog, even one that lags behind.',
  },
} as const satisfies Keys;
