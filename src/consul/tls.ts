/** TLS to Consul: `ca_file`, `ca_path`, `cert_file`, `key_file`, `tls_server_name`, `CONSUL_HTTP_SSL_VERIFY`. */
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { EsmError } from '../errors.ts';
import { readTrust } from '../trust.ts';

/** The settings as configured; an empty string means not set. */
export interface ConsulTls {
  readonly caFile: string;
  /** A folder of certificates. */
  readonly caPath: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The name to ask for and to verify, when it is not the host of the address. */
  readonly serverName: string;
  readonly verify: boolean;
}

/** What both clients hand to `tls.connect`. The context is made once: with 140 roots it costs milliseconds. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

/** Reads the files. Rejects with `ESM_CONFIG_INVALID` that names the file when one cannot be read or is no certificate. */
export async function loadTls(tls: ConsulTls): Promise<TlsOptions> {
  try {
    const ca = await readTrust(tls, process.env);
    const cert = tls.certFile === '' ? {} : { cert: await readFile(tls.certFile) };
    const key = tls.keyFile === '' ? {} : { key: await readFile(tls.keyFile) };
    return {
      secureContext: createSecureContext({ ca, ...cert, ...key }),
      rejectUnauthorized: tls.verify,
      ...(tls.serverName === '' ? {} : { servername: tls.serverName }),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EsmError('ESM_CONFIG_INVALID', `TLS to Consul: ${why}`, { cause });
  }
}
