import type { Keys } from './key.ts';

/** Where Consul is, and how the daemon proves itself. */
export const CONSUL_KEYS = {
  http_addr: {
    type: 'string',
    format: 'address',
    default: 'localhost:8500',
    env: 'CONSUL_HTTP_ADDR',
    description: 'Where Consul listens: `host:port`, `http://...`, `https://...` or `unix:///path`.',
  },
  token: {
    type: 'string',
    default: '',
    env: 'CONSUL_HTTP_TOKEN',
    secret: true,
    reload: true,
    description: 'The ACL token of all requests to Consul.',
  },
  datacenter: {
    type: 'string',
    default: '',
    description: "The datacenter to work in. Default: the agent's.",
  },
  partition: {
    type: 'string',
    default: '',
    env: 'CONSUL_PARTITION',
    description: 'The admin partition to work in (Consul Enterprise).',
  },
  ca_file: {
    type: 'string',
    format: 'file',
    default: '',
    env: 'CONSUL_CACERT',
    reload: true,
    description: "The CA certificates that sign Consul's certificate, as PEM. Default: those of the system.",
  },
  ca_path: {
    type: 'string',
    format: 'folder',
    default: '',
    env: 'CONSUL_CAPATH',
    reload: true,
    description: 'A folder of such files.',
  },
  cert_file: {
    type: 'string',
    format: 'file',
    default: '',
    env: 'CONSUL_CLIENT_CERT',
    reload: true,
    description: 'The certificate that the daemon shows to Consul, as PEM; together with `key_file`.',
  },
  key_file: {
    type: 'string',
    format: 'file',
    default: '',
    env: 'CONSUL_CLIENT_KEY',
    reload: true,
    description: 'The private key of `cert_file`, as PEM.',
  },
  tls_server_name: {
    type: 'string',
    default: '',
    env: 'CONSUL_TLS_SERVER_NAME',
    reload: true,
    description: "The name that Consul's certificate must bear, where it is not the host of `http_addr`.",
  },
} as const satisfies Keys;
