/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, obeyed as Go programs do (golang.org/x/net/http/httpproxy). */
import { BlockList, isIP } from 'node:net';

/** The environment variables that matter, in either case. Upper case wins, as in Go. */
export type ProxyEnv = Readonly<Record<string, string | undefined>>;

/** Where a request is about to go. `host` without brackets. */
export interface ProxyTarget {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A name or address that never leaves the machine. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.check(host, familyOf(host)));

const isInSubnet = (host: string, subnet: string, prefix: string): boolean => {
  if (isIP(host) === 0 || isIP(subnet) === 0 || Number(prefix) > (isIP(subnet) === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(subnet, Number(prefix), familyOf(subnet));
  return list.check(host, familyOf(host));
};

/** Does one entry of NO_PROXY speak of the target? `example.com` covers its subdomains, `.example.com` only those. */
const isExcepted = (entry: string, host: string, port: number): boolean => {
  if (entry === '*') return true;
  const [, subnet, prefix] = /^([\da-f:.]+)\/(\d+)$/.exec(entry) ?? [];
  if (subnet !== undefined && prefix !== undefined) return isInSubnet(host, subnet, prefix);
  const [, bracketed, plain, entryPort] = /^(?:\[(.+)\]|([^:]+|[\da-f:.]+))(?::(\d+))?$/.exec(entry) ?? [];
  const name = (isIP(entry) !== 0 ? entry : (bracketed ?? plain))?.replace(/^\*\./, '.');
  if (name === undefined || name === '') return false;
  if (isIP(entry) === 0 && entryPort !== undefined && Number(entryPort) !== port) return false;
  if (isIP(name) !== 0) return name === host;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
};

/** What each is called in small letters, which counts where the one in capitals is not set. */
const SETTINGS = {
  HTTP_PROXY: 'http_proxy',
  HTTPS_PROXY: 'https_proxy',
  NO_PROXY: 'no_proxy',
  REQUEST_METHOD: 'request_method',
} as const;

const setting = (env: ProxyEnv, name: keyof typeof SETTINGS): string => {
  const upper = env[name];
  return upper === undefined || upper === '' ? (env[SETTINGS[name]] ?? '') : upper;
};

/**
 * The proxy a request must take: a URL, `http://` added where the setting has no scheme; undefined for none; `invalid` when
 * the setting cannot be read (the text never holds the password). Loopback is never proxied.
 */
export const proxyFor = (target: ProxyTarget, env: ProxyEnv): URL | 'invalid' | undefined => {
  const proxy = setting(env, target.isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === '') return undefined;
  // In a CGI program HTTP_PROXY is the request's `Proxy` header, and so anybody's.
  const isCgi = !target.isTls && setting(env, 'REQUEST_METHOD') !== '';
  const host = target.host.toLowerCase().replace(/\.$/, '');
  if (isCgi || isLoopback(host)) return undefined;
  const exceptions = setting(env, 'NO_PROXY').toLowerCase().split(',');
  if (exceptions.some((entry) => isExcepted(entry.trim(), host, target.port))) return undefined;
  const text = /^[A-Za-z][A-Za-z\d+.-]*:\/\//.test(proxy) ? proxy : `http://${proxy}`;
  return URL.canParse(text) ? new URL(text) : 'invalid';
};
