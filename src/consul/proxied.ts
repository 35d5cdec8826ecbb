/** The way to Consul through a proxy, for both planes. Which requests take it says src/proxy.ts. */
import http from 'node:http';
import https from 'node:https';
import net, { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { EsmError } from '../errors.ts';
import { proxyFor, type ProxyEnv } from '../proxy.ts';
import type { ConsulAddress } from './address.ts';
import type { TlsOptions } from './tls.ts';
import { loadProxyAgent } from './undici.ts';

/** How each plane is led through the proxy. */
export interface Detour {
  /** For the data plane. */
  readonly dispatcher: Dispatcher;
  /** For the control plane, with what must stand before each path and among the headers of its requests. */
  readonly agent: http.Agent;
  readonly pathPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Undefined when Consul is reached directly. Throws `ESM_CONFIG_INVALID` when the environment names a proxy that cannot be used. */
export function detourTo(
  { origin, socketPath }: ConsulAddress,
  secure: TlsOptions | undefined,
  connections: number,
  env: ProxyEnv,
): Detour | undefined {
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const port = Number(origin.port) || (secure === undefined ? 80 : 443);
  const proxy = socketPath === undefined ? proxyFor({ isTls: secure !== undefined, host, port }, env) : undefined;
  if (proxy === undefined) return undefined;
  if (proxy === 'invalid' || !/^https?:$/.test(proxy.protocol)) {
    throw new EsmError('ESM_CONFIG_INVALID', 'HTTP_PROXY or HTTPS_PROXY: not an http:// or https:// URL');
  }
  const named = secure === undefined ? undefined : { ...secure, ...nameOf(host, secure) };
  const ProxyAgent = loadProxyAgent();
  const dispatcher = new ProxyAgent({
    uri: proxy.href,
    proxyTunnel: named !== undefined,
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(named === undefined ? {} : { requestTls: named }),
  });
  if (named !== undefined) {
    const agent = new TunnelAgent(proxy, `${origin.hostname}:${port}`, named);
    return { dispatcher, agent, pathPrefix: '', headers: {} };
  }
  return { dispatcher, agent: new ForwardAgent(proxy), pathPrefix: origin.origin, headers: credentialsOf(proxy) };
}

type Done = (error: Error | null, socket: Duplex) => void;

/** Plain HTTP: the proxy is asked for the whole URL. */
class ForwardAgent extends http.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL) {
    super({ keepAlive: true });
    this.#proxy = proxy;
  }

  override createConnection(): Duplex {
    const at = placeOf(this.#proxy);
    return this.#proxy.protocol === 'https:' ? tls.connect({ ...at, servername: at.host }) : net.connect(at);
  }
}

/** TLS: the proxy is asked for a tunnel, and sees nothing of what goes through it. */
class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  readonly #target: string;
  readonly #tls: TlsOptions;

  constructor(proxy: URL, target: string, options: TlsOptions) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#target = target;
    this.#tls = options;
  }

  override createConnection(_: unknown, done?: Done): undefined {
    const scheme = this.#proxy.protocol === 'https:' ? https : http;
    const headers = { host: this.#target, ...credentialsOf(this.#proxy) };
    const asking = scheme.request({
      ...placeOf(this.#proxy),
      method: 'CONNECT',
      path: this.#target,
      headers,
      agent: false,
    });
    const fail = (error: Error): void => done?.(error, new net.Socket());
    asking.once('error', fail);
    asking.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) done?.(null, tls.connect({ socket, ...this.#tls }));
      else fail(new Error(`the proxy answered ${answer.statusCode ?? 0}`));
    });
    asking.end();
    return undefined;
  }
}

/** Neither client finds the name by itself when the connection is made to somebody else. */
const nameOf = (host: string, { servername }: TlsOptions): { readonly servername?: string } =>
  servername !== undefined ? { servername } : isIP(host) === 0 ? { servername: host } : {};

const placeOf = ({ hostname, port, protocol }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: Number(port) || (protocol === 'https:' ? 443 : 80),
});

function credentialsOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
