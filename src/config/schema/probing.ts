import type { Keys } from './key.ts';

/** Which nodes are probed, how often, and what follows. */
export const PROBING_KEYS = {
  external_node_meta: {
    type: 'object',
    additionalProperties: { type: 'string' },
    minProperties: 1,
    default: { 'external-node': 'true' },
    reload: true,
    description: 'A node of the catalog is external when its meta has all these pairs. Replaced whole by a later file.',
  },
  node_reconnect_timeout: {
    type: 'string',
    format: 'duration',
    atLeast: '0s',
    default: '72h',
    reload: true,
    description: 'How long a node may fail its pings before it is removed from the catalog.',
  },
  node_probe_interval: {
    type: 'string',
    format: 'duration',
    atLeast: '1s',
    default: '10s',
    reload: true,
    description: 'Time between two pings of a node.',
  },
  node_health_refresh_interval: {
    type: 'string',
    format: 'duration',
    atLeast: '0s',
    default: '1h',
    reload: true,
    description: 'How often the status of a node is written again though it has not changed.',
  },
  check_update_interval: {
    type: 'string',
    format: 'duration',
    atLeast: '0s',
    default: '5m',
    reload: true,
    description:
      "How long a change of a check's output alone may wait to be written; the first output of a check waits 2 minutes at most; `0s`: written at once.",
  },
  passing_threshold: {
    type: 'integer',
    minimum: 0,
    default: 0,
    reload: true,
    description:
      'How many better results it takes, beyond the first, before a check changes its status for the better.',
  },
  critical_threshold: {
    type: 'integer',
    minimum: 0,
    default: 0,
    reload: true,
    description: 'How many worse results it takes, beyond the first, before a check changes its status for the worse.',
  },
  ping_type: {
    type: 'string',
    enum: ['udp', 'socket', 'tcp'],
    default: 'udp',
    description:
      'How nodes are pinged: `udp`, ICMP without privileges; `socket`, ICMP by the `ping` program; `tcp`, a connection to ' +
      '`external-probe-port` of the node meta, else to the port of its first service.',
  },
  probe_workers: {
    type: ['integer', 'string'],
    minimum: 0,
    pattern: '^auto$',
    default: 'auto',
    description:
      'Threads that run the checks beside the main one; `0`: none, the main thread runs them; `"auto"`: none as long as it runs fewer than 4,500 a second.',
  },
  disable_coordinate_updates: {
    type: 'boolean',
    default: false,
    description: 'Leaves the network coordinates of nodes alone.',
  },
} as const satisfies Keys;
