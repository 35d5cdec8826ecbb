/** The HTTP check of a catalog definition. */
import type { CatalogDefinition } from '../../machines/model.ts';
import { parseHttpUrl, withoutPassword } from './http-url.ts';
import { httpError } from './output.ts';
import type { HttpDefinition, InvalidDefinition } from './probe.ts';

type Headers = HttpDefinition['headers'];

/** RFC 9110's token: what a method or a header's name may consist of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/** CR, LF and NUL in a value would end the line and begin another header, or another request. Tab alone is harmless. */

const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

const invalid = (reason: string): InvalidDefinition => ({ type: 'invalid', reason });

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'string');

const NO_HEADERS: Headers = [];

/** Every value of every header; a header without values is no header. Returns the reason when one cannot be sent. */
const parseHeaders = (value: unknown): Headers | string => {
  if (value === undefined || value === null) return NO_HEADERS;
  if (typeof value !== 'object' || Array.isArray(value)) return 'Header is not a map of lists';
  const headers: [string, string][] = [];
  for (const [name, values] of Object.entries(value)) {
    const texts: unknown = values ?? [];
    if (!isTexts(texts)) return `Header ${JSON.stringify(name)} is not a list of texts`;
    if (!TOKEN.test(name)) return `net/http: invalid header field name ${JSON.stringify(name)}`;
    if (texts.some((text) => CONTROL.test(text))) {
      return `net/http: invalid header field value for ${JSON.stringify(name)}`;
    }
    for (const text of texts) headers.push([name, text.trim()]);
  }
  return headers;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads `HTTP`, `Method`, `Header`, `Body` and the TLS fields. What is wrong is said in the words of Go's client. */
export const parseHttpDefinition = (fields: CatalogDefinition): HttpDefinition | InvalidDefinition => {
  const written = fields['HTTP'];
  if (typeof written !== 'string') return invalid(`HTTP is not a text: ${JSON.stringify(written)}`);
  const method = text(fields['Method']) || 'GET';
  if (!TOKEN.test(method)) return invalid(`net/http: invalid method ${JSON.stringify(method)}`);
  const shownUrl = withoutPassword(written);
  const url = parseHttpUrl(written);
  if ('unparsable' in url) return invalid(`parse ${JSON.stringify(shownUrl)}: ${url.unparsable}`);
  if ('reason' in url) return invalid(httpError(method, shownUrl, url.reason));
  const headers = parseHeaders(fields['Header']);
  if (typeof headers === 'string') return invalid(httpError(method, shownUrl, headers));
  return {
    type: 'http',
    shownUrl,
    url,
    method,
    headers,
    body: text(fields['Body']),
    isCertificateIgnored: fields['TLSSkipVerify'] === true,
    tlsServerName: text(fields['TLSServerName']),
    isRedirectFollowed: fields['DisableRedirects'] !== true,
  };
};
