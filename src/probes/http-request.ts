/** What a probe says to an HTTP server, and what it says after a redirect. */
import type { HttpHead } from './http-head.ts';
import { parseHttpUrl, type HttpUrl, withoutPassword } from './http-url.ts';
import type { HttpDefinition } from './probe.ts';

/** One request of a probe: the first, or one a redirect led to. */
export interface HttpRequest {
  /** As Go prints it in errors. */
  readonly href: string;
  readonly url: HttpUrl;
  readonly method: string;
  readonly headers: HttpDefinition['headers'];
  readonly body: string;
}

/** Go's client gives up at the request after this many. */
const MOST_REDIRECTS = 10;

/** Written by this program itself, whatever a definition says. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'trailer',
  'connection',
]);

/** Not for strangers: left out when a redirect leads to another domain, as Go's client does. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'www-authenticate', 'cookie', 'cookie2']);

const valueOf = (headers: HttpDefinition['headers'], wanted: string): string | undefined =>
  headers.find(([name, value]) => name.toLowerCase() === wanted && value !== '')?.[1];

/** The first request of a definition. */
export const firstRequest = ({ shownUrl, url, method, headers, body }: HttpDefinition): HttpRequest => ({
  href: shownUrl,
  url,
  method,
  headers,
  body,
});

/** The request in bytes. `isProxied`: the request line bears the whole URL, for an HTTP proxy; `extra` lines go to that proxy. */
export const requestBytes = (request: HttpRequest, isProxied = false, extra = ''): Buffer => {
  const { url, method, headers, body } = request;
  const target = isProxied ? `http://${url.authority}${url.target}` : url.target;
  let text = `${method} ${target} HTTP/1.1\r\nHost: ${valueOf(headers, 'host') ?? url.authority}\r\n`;
  if (valueOf(headers, 'user-agent') === undefined) text += 'User-Agent: Consul Health Check\r\n';
  if (valueOf(headers, 'accept') === undefined) text += 'Accept: text/plain, text/*, */*\r\n';
  if (url.credentials !== undefined && valueOf(headers, 'authorization') === undefined) {
    text += `Authorization: Basic ${Buffer.from(url.credentials).toString('base64')}\r\n`;
  }
  for (const [name, value] of headers) {
    if (!OWN_HEADERS.has(name.toLowerCase())) text += `${name}: ${value}\r\n`;
  }
  if (body !== '' || method === 'POST' || method === 'PUT' || method === 'PATCH') {
    text += `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  }
  return Buffer.from(`${text}${extra}Connection: close\r\n\r\n${body}`);
};

const isSameDomain = (from: string, to: string): boolean => to === from || to.endsWith(`.${from}`);

const resolveLocation = (request: HttpRequest, location: string): string | undefined => {
  const { url } = request;
  const base = `${url.isTls ? 'https' : 'http'}://${url.authority}${url.target}`;
  return URL.canParse(location, base) ? new URL(location, base).href : undefined;
};

/** Does the answer lead on? Only then its body does not matter. */
export const isRedirect = (head: HttpHead): boolean =>
  [301, 302, 303, 307, 308].includes(head.statusCode) && head.location !== undefined && head.location !== '';

/**
 * The request a redirect asks for, as Go's client makes it: 301, 302 and 303 turn every method but HEAD into GET without body,
 * 307 and 308 keep both. `fault` when it leads nowhere; `href` is then where to.
 */
export const redirectedRequest = (
  request: HttpRequest,
  head: HttpHead,
  redirectsBefore: number,
): HttpRequest | { readonly fault: string; readonly href: string } => {
  const location = head.location ?? '';
  const resolved = resolveLocation(request, location);
  if (resolved === undefined) {
    return { fault: `failed to parse Location header ${JSON.stringify(location)}`, href: request.href };
  }
  const href = withoutPassword(resolved);
  if (redirectsBefore >= MOST_REDIRECTS) return { fault: `stopped after ${MOST_REDIRECTS} redirects`, href };
  const url = parseHttpUrl(resolved);
  if (!('host' in url)) return { fault: 'reason' in url ? url.reason : url.unparsable, href };
  const isKept = head.statusCode === 307 || head.statusCode === 308;
  const isNear = isSameDomain(request.url.host, url.host);
  const isRelative = !/^([A-Za-z][A-Za-z\d+.-]*:)?\/\//.test(location);
  return {
    href,
    url,
    method: isKept || request.method === 'HEAD' ? request.method : 'GET',
    body: isKept ? request.body : '',
    headers: request.headers.filter(([written]) => {
      const name = written.toLowerCase();
      if (name === 'host') return isRelative;
      return isNear || !SECRET_HEADERS.has(name);
    }),
  };
};
