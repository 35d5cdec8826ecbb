/** Where Consul listens, from the setting `http_addr` (`CONSUL_HTTP_ADDR`). */
import { EsmError } from '../errors.ts';

export interface ConsulAddress {
  /** Scheme, host and port; for a unix socket a placeholder host. */
  readonly origin: URL;
  /** Goes before `/v1`; empty but for proxies that serve Consul below a path. */
  readonly prefix: string;
  readonly socketPath: string | undefined;
  /** For messages; holds no credentials. */
  readonly shown: string;
}

/** Reads `host:port`, `http://...`, `https://...` or `unix://path`. Throws `ESM_CONFIG_INVALID` for anything else. */
export function parseAddress(httpAddr: string): ConsulAddress {
  if (httpAddr.startsWith('unix://')) {
    const socketPath = httpAddr.slice('unix://'.length);
    return { origin: new URL('http://localhost'), prefix: '', socketPath, shown: httpAddr };
  }
  const host = httpAddr.startsWith(':') ? `localhost${httpAddr}` : httpAddr; // as Go dials an address without a host
  const text = /^https?:\/\//i.test(host) ? host : `http://${host}`;
  if (!URL.canParse(text) || (host.includes('://') && text !== host)) {
    throw new EsmError('ESM_CONFIG_INVALID', `http_addr: not host:port, http://, https:// or unix://`);
  }
  const url = new URL(text);
  return {
    origin: new URL(url.origin),
    prefix: url.pathname.replace(/\/+$/, ''),
    socketPath: undefined,
    shown: url.origin,
  };
}
