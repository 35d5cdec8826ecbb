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

/** Reads the lines of a head, the status line first; `fault` is what Go's transport would say. */
export const parseHead = (text: string, method: string): HttpHead | { readonly fault: string } => {
  const lines = text.split('\n');
  const statusLine = withoutCr(lines[0] ?? '');
  const [, minor, code, phrase] = STATUS_LINE.exec(statusLine) ?? [];
  if (code === undefined) return { fault: `malformed HTTP response ${quoted(statusLine)}` };
  const lengths: string[] = [];
  let isChunked = false;
  let location: string | undefined;
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith(' ') || line.startsWith('\t')) continue;
    const colon = line.indexOf(':');
    if (colon < 1) return { fault: `malformed MIME header: missing colon: ${quoted(withoutCr(line))}` };
    if (!LENGTHS_OF_NAMES.has(colon)) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
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
