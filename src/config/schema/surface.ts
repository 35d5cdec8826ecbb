import type { Keys } from './key.ts';
import { TELEMETRY_KEYS } from './telemetry.ts';

/** What the daemon shows of itself. */
export const SURFACE_KEYS = {
  client_address: {
    type: 'string',
    format: 'host:port',
    default: '',
    description:
      'Where the daemon shows its statecharts at work, `host:port`: open `http://host:port/statecharts`. Read-only, without a password; port 0: any. Default: nowhere.',
  },
  enable_debug: {
    type: 'boolean',
    default: false,
    later: true,
    description: 'Adds profiling endpoints to the HTTP surface.',
  },
  telemetry: {
    type: 'object',
    additionalProperties: false,
    properties: TELEMETRY_KEYS,
    default: {},
    later: true,
    description: "Where metrics go: Consul's own telemetry block. Replaced whole by a later file.",
  },
} as const satisfies Keys;
