/** An HTTP URL taken apart as Go's client does: path and query stay as they were written. */
import { domainToASCII } from 'node:url';
import { parsePort } from './host-port.ts';

/** Where a request goes, and what it says there. */
export interface HttpUrl {
  readonly isTls: boolean;
  /** To be looked up and dialled: without brackets, in ASCII. */
  readonly host: string;
  readonly port: number;
  /** For the `Host` header: as written, the port only where one was given. */
  readonly authority: string;
  /** Path and query for the request line, never empty. */
  readonly target: string;
  /** `user:password`, decoded; undefined when there is none. */
  readonly credentials: string | undefined;
}

/** Why a URL cannot be asked: Go refuses it when it parses (`unparsable`) or when it sends (`reason`). */
export type HttpUrlFault = { readonly unparsable: string } | { readonly reason: string };

const SCHEME = /^([A-Za-z][A-Za-z\d+.-]*):/;
const AUTHORITY = /^\/\/([^/?#]*)([^#]*)/;
const HOST_PORT = /^(\[[\dA-Fa-f:.]+(?:%25[^\]]+)?\]|[^:[\]]*)(?::(\d*))?$/;

const CONTROL = /[\0-\x1f\x7f]/;

/** Percent-encodes what may not stand in a request line: blanks, quotes and everything outside ASCII. */
const escapeTarget = (text: string): string =>
  text.replace(/[^!#-;=?-[\]_a-z|~]/gu, (character) =>
    Buffer.from(character).toString('hex').replace(/../g, '%$&').toUpperCase(),
  );

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The URL with `***` for its password, as Go prints it. */
export const withoutPassword = (url: string): string =>
  url.replace(/^([A-Za-z][\w+.-]*:\/\/[^/?#:@]*):[^/?#]*@/, '$1:***@');

const parseAuthority = (authority: string, isTls: boolean): Omit<HttpUrl, 'isTls' | 'target'> | HttpUrlFault => {
  const at = authority.lastIndexOf('@');
  const hostPort = authority.slice(at + 1);
  if (hostPort === '' || hostPort.startsWith(':')) return { reason: 'http: no Host in request URL' };
  if (hostPort.startsWith('[') && !hostPort.includes(']')) return { unparsable: "missing ']' in host" };
  const [, host, portText] = HOST_PORT.exec(hostPort) ?? [];
  if (host === undefined) return { unparsable: `invalid host or port ${JSON.stringify(hostPort)}` };
  const bare = host.startsWith('[') ? decode(host.slice(1, -1)) : host;
  const ascii = /^[\w.-]+$/.test(bare) || bare.includes(':') ? bare : domainToASCII(decode(bare));
  if (ascii === '') return { unparsable: `invalid character in host name ${JSON.stringify(host)}` };
  const port = portText === undefined || portText === '' ? (isTls ? 443 : 80) : parsePort(portText);
  if (port === undefined) return { reason: `dial tcp: address ${portText ?? ''}: invalid port` };
  const shown = host.startsWith('[') ? `[${ascii.replace(/%.*/, '')}]` : ascii;
  return {
    host: ascii,
    port,
    authority: portText === undefined || portText === '' ? shown : shown === host ? hostPort : `${shown}:${portText}`,
    credentials: at === -1 ? undefined : decode(authority.slice(0, at)),
  };
};

/** Takes an `http://` or `https://` URL apart. Never throws. */
export const parseHttpUrl = (url: string): HttpUrl | HttpUrlFault => {
  if (CONTROL.test(url)) return { unparsable: 'net/url: invalid control character in URL' };
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase() ?? '';
  if (scheme !== 'http' && scheme !== 'https')
    return { reason: `unsupported protocol scheme ${JSON.stringify(scheme)}` };
  const [, authority, rest = ''] = AUTHORITY.exec(url.slice(scheme.length + 1)) ?? [];
  if (authority === undefined) return { reason: 'http: no Host in request URL' };
  if (/%(?![\dA-Fa-f]{2})/.test(rest.split('?', 1)[0] ?? '')) return { unparsable: 'invalid URL escape' };
  const isTls = scheme === 'https';
  const parsed = parseAuthority(authority, isTls);
  if (!('host' in parsed)) return parsed;
  const { host, port, authority: written, credentials } = parsed;
  const target = escapeTarget(rest.startsWith('/') ? rest : `/${rest}`);
  return { isTls, host, port, authority: written, target, credentials };
};
