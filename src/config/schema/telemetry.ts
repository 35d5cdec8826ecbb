import type { Keys } from './key.ts';

const CIRCONUS = { type: 'string', default: '', description: 'Accepted, without effect.' } as const;

/** The keys of Consul's telemetry block. */
export const TELEMETRY_KEYS = {
  statsite_address: {
    type: 'string',
    default: '',
    description: 'A statsite server, `host:port`.',
  },
  statsd_address: {
    type: 'string',
    default: '',
    description: 'A statsd server, `host:port`.',
  },
  dogstatsd_addr: {
    type: 'string',
    default: '',
    description: 'A DogStatsD server, `host:port`.',
  },
  dogstatsd_tags: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    description: 'Tags added to everything sent to DogStatsD.',
  },
  prometheus_retention_time: {
    type: 'string',
    format: 'duration',
    atLeast: '0s',
    default: '0s',
    description: 'How long a metric that is not updated stays at `/metrics`; `0s`: there is no `/metrics`.',
  },
  metrics_prefix: {
    type: 'string',
    default: '',
    description: 'Stands in front of every metric name.',
  },
  disable_hostname: {
    type: 'boolean',
    default: false,
    description: 'Leaves the host name out of metric names.',
  },
  filter_default: {
    type: 'boolean',
    default: true,
    description: 'Are metrics that no rule of `prefix_filter` names sent?',
  },
  prefix_filter: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    description: 'Rules, `+prefix` to send and `-prefix` to drop.',
  },
  circonus_api_app: CIRCONUS,
  circonus_api_token: { ...CIRCONUS, secret: true },
  circonus_api_url: CIRCONUS,
  circonus_broker_id: CIRCONUS,
  circonus_broker_select_tag: CIRCONUS,
  circonus_check_display_name: CIRCONUS,
  circonus_check_force_metric_activation: CIRCONUS,
  circonus_check_id: CIRCONUS,
  circonus_check_instance_id: CIRCONUS,
  circonus_check_search_tag: CIRCONUS,
  circonus_check_tags: CIRCONUS,
  circonus_submission_interval: CIRCONUS,
  circonus_submission_url: CIRCONUS,
} as const satisfies Keys;
