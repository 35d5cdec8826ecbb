/** The head of an HTTP/1 response: status line and the few header lines that decide how to go on. */

/** What a probe needs to know of a head. */
export interface HttpHead {
  readonly statusCode: number;
  /** Code and phrase as sent: `200 OK`. */
  readonly status: string;
  readonly location: string | undefined;
  /** How the end of the body is known. A number: that many bytes. */
  readonly body: 'chunked' | 'untilClose' | number;
}

const STATUS_LINE = /^HTTP\/1\.([01]) +(\d{3})(?: (.*))?$/;

/** Text in Go's `%q`, cut to what fits into a message. */
export const quoted = (text: string): string => {
  const shown = text.slice(0, 100).replace(/[^ !#-[\]-~]/g, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${shown}"`;
};

const bodyOf = (lengths: readonly string[], isChunked: boolean): HttpHead['body'] | { fault: string } => {
  if (isChunked) return 'chunked';
  const [length] = lengths;
  if (length === undefined) return 'untilClose';
  if (lengths.some((other) => other !== length)) {
    return { fault: 'http: message cannot contain multiple Content-Length headers' };
  }
  return /^\d{1,15}$/.test(length) ? Number(length) : { fault: `bad Content-Length ${quoted(length)}` };
};

/** How long the names are that matter: most lines need no closer look. */
const LENGTHS_OF_NAMES = new Set(['content-length', 'location', 'transfer-encoding'].map((name) => name.length));

const withoutCr = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** Index of the next line's feed, or of the end. */
const endOfLine = (text: string, from: number): number => {
  const feed = text.indexOf('\n', from);
  return feed === -1 ? text.length : feed;
};

/** Reads the lines of a head, the status line first; `fault` is what Go's transport would say. */
export const parseHead = (text: string, method: string): HttpHead | { readonly fault: string } => {
  let lineEnd = endOfLine(text, 0);
  const statusLine = withoutCr(text.slice(0, lineEnd));
  const [, minor, code, phrase] = STATUS_LINE.exec(statusLine) ?? [];
  if (code === undefined) return { fault: `malformed HTTP response ${quoted(statusLine)}` };
  const lengths: string[] = [];
  let isChunked = false;
  let location: string | undefined;
  while (lineEnd < text.length) {
    const start = lineEnd + 1;
    lineEnd = endOfLine(text, start);
    if (text.startsWith(' ', start) || text.startsWith('\t', start)) continue;
    const colon = text.indexOf(':', start);
    const isNamed = colon > start && colon < lineEnd;
    if (!isNamed) {
      return { fault: `malformed MIME header: missing colon: ${quoted(withoutCr(text.slice(start, lineEnd)))}` };
    }
    if (!LENGTHS_OF_NAMES.has(colon - start)) continue;
    const name = text.slice(start, colon).toLowerCase();
    const value = text.slice(colon + 1, lineEnd).trim();
    if (name === 'content-length') lengths.push(value);
    else if (name === 'location') location ??= value;
    else if (name === 'transfer-encoding' && minor === '1') {
      if (value.toLowerCase() !== 'chunked') return { fault: `unsupported transfer encoding: ${quoted(value)}` };
      isChunked = true;
    }
  }
  const statusCode = Number(code);
  const body = bodyOf(lengths, isChunked);
  if (typeof body === 'object') return body;
  const isBodiless = method === 'HEAD' || statusCode === 204 || statusCode === 304 || statusCode < 200;
  return { statusCode, status: `${code} ${phrase ?? ''}`.trimEnd(), location, body: isBodiless ? 0 : body };
};
