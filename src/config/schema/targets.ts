import type { Keys } from './key.ts';

/** TLS of the checks themselves: HTTPS, and later TLS over TCP and gRPC. */
export const TARGET_KEYS = {
  https_ca_file: {
    type: 'string',
    format: 'file',
    default: '',
    description: "The CA certificates that sign the targets' certificates, as PEM. Default: those of the system.",
  },
  https_ca_path: {
    type: 'string',
    format: 'folder',
    default: '',
    description: 'A folder of such files.',
  },
  https_cert_file: {
    type: 'string',
    format: 'file',
    default: '',
    description: 'The certificate that checks show to their targets, as PEM; together with `https_key_file`.',
  },
  https_key_file: {
    type: 'string',
    format: 'file',
    default: '',
    description: 'The private key of `https_cert_file`, as PEM.',
  },
} as const satisfies Keys;
