/** The way to an HTTP server: look-up, connection, proxy, TLS. */
import type { SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import { EsmError } from '../errors.ts';
import { proxyFor, type ProxyEnv } from '../proxy.ts';
import type { Connect } from './connection.ts';
import type { Deadline, Ended } from './deadline.ts';
import { dial, type Dialled } from './dial.ts';
import { joinHostPort, type HostPort } from './host-port.ts';
import { exchange, readFault, SharedReader, type Wire } from './http-exchange.ts';
import { HttpResponse } from './http-response.ts';
import type { HttpUrl } from './http-url.ts';
import type { Resolver } from './resolve.ts';
import { secure, tlsErrorWords, type SecureOptions } from './secure.ts';

/** What HTTP probes share. */
export interface HttpDeps {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly proxyEnv: ProxyEnv;
  /** What a connection is made by when there is nothing to look up and nothing in between. */
  readonly connect: Connect;
  /** Made with the first HTTPS request. */
  readonly secureContext: () => Promise<SecureContext | EsmError>;
}

/** TLS demands of a definition. */
export interface WireTls {
  readonly serverName: string;
  readonly isCertificateIgnored: boolean;
}

export type Opened =
  /** `proxyHeaders`: the server is a proxy that wants the whole URL and these header lines. */
  | { readonly type: 'opened'; readonly wire: Wire; readonly proxyHeaders: string | undefined }
  /** `fault` as Go says it; `expired` adds where the time went: `dial tcp 10.0.0.1:80: `. */
  | { readonly type: 'failed'; readonly fault: string }
  | { readonly type: 'unsent'; readonly error: EsmError }
  | { readonly type: 'expired'; readonly during: string }
  | { readonly type: 'aborted' };

type Connected = Extract<Dialled, { type: 'connected' }>;

const ended = (why: Ended, during: string): Opened => (why === 'expired' ? { type: why, during } : { type: why });

/** Looks a host up and connects to one of its addresses. */
const connectTo = async (
  { host, port }: HostPort,
  reader: SharedReader | undefined,
  deps: HttpDeps,
  deadline: Deadline,
): Promise<Connected | Opened> => {
  const found = deps.resolver.resolve(host, deadline);
  const resolved = found instanceof Promise ? await found : found;
  if (typeof resolved === 'string') return ended(resolved, `dial tcp: lookup ${host}: `);
  if ('fault' in resolved) return { type: 'failed', fault: `dial tcp: ${resolved.fault}` };
  const options = { addresses: resolved.addresses, port, ...(reader === undefined ? {} : { onread: reader }) };
  const dialled = await dial(options, deadline, deps.clock);
  return typeof dialled === 'string'
    ? ended(dialled, `dial tcp ${joinHostPort(resolved.addresses[0] ?? host, port)}: `)
    : dialled;
};

const proxyAddress = (proxy: URL): HostPort => ({
  host: proxy.hostname.replace(/^\[|\]$/g, ''),
  port: Number(proxy.port === '' ? 80 : proxy.port),
});

const basic = (proxy: URL): string => {
  if (proxy.username === '') return '';
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
};

/** Asks the proxy for a tunnel; undefined once it stands. */
const openTunnel = async (wire: Wire, url: HttpUrl, proxy: URL, deadline: Deadline): Promise<Opened | undefined> => {
  const host = joinHostPort(url.host, url.port);
  const request = `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: Consul Health Check\r\n${basic(proxy)}\r\n`;
  const response = new HttpResponse('CONNECT', () => true);
  const end = await exchange(wire, Buffer.from(request), response, deadline);
  if (end !== 'done') return ended(end, 'proxyconnect tcp: ');
  if (response.head?.statusCode === 200) return undefined;
  wire.socket.destroy();
  return { type: 'failed', fault: response.fault ?? response.head?.status ?? 'EOF' };
};

const shakeHands = async (
  plain: Connected,
  options: SecureOptions,
  deps: HttpDeps,
  deadline: Deadline,
): Promise<Opened> => {
  const secured = await secure(plain.socket, options, deadline, deps.clock);
  if (typeof secured === 'string') return ended(secured, 'net/http: TLS handshake: ');
  if (secured.type === 'failed') return secured;
  const wire = { socket: secured.socket, reader: undefined, words: tlsErrorWords };
  return { type: 'opened', wire, proxyHeaders: undefined };
};

/** Opens a fresh connection to the server of `url`, through the proxy the environment names. */
export const openWire = async (url: HttpUrl, tls: WireTls, deps: HttpDeps, deadline: Deadline): Promise<Opened> => {
  const proxy = proxyFor(url, deps.proxyEnv);
  if (proxy === 'invalid' || (proxy !== undefined && proxy.protocol !== 'http:')) {
    const remedy = 'HTTP_PROXY and HTTPS_PROXY must be http:// URLs';
    return {
      type: 'unsent',
      error: new EsmError('ESM_PROBE_UNSENT', `cannot send a probe through the proxy: ${remedy}`),
    };
  }
  // Before the connection: a server may hang up while the files are read.
  const context = url.isTls ? await deps.secureContext() : undefined;
  if (context instanceof EsmError) return { type: 'unsent', error: context };
  const reader = context === undefined ? new SharedReader() : undefined;
  const connected = await connectTo(proxy === undefined ? url : proxyAddress(proxy), reader, deps, deadline);
  if (connected.type !== 'connected') {
    return proxy !== undefined && connected.type === 'failed'
      ? { type: 'failed', fault: `proxyconnect tcp: ${connected.fault}` }
      : connected;
  }
  const wire = { socket: connected.socket, reader, words: readFault };
  if (context === undefined) {
    return { type: 'opened', wire, proxyHeaders: proxy === undefined ? undefined : basic(proxy) };
  }
  const refused = proxy === undefined ? undefined : await openTunnel(wire, url, proxy, deadline);
  return refused ?? shakeHands(connected, { context, ...tls }, deps, deadline);
};
