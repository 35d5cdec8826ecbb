/** Bodies in JSON, and how Go's parser words what it does not take. */
import type { EmbeddedRequest } from './request.ts';

/** A body that is not what it must be; what is said before the text depends on the endpoint. */
export class DecodeFault extends Error {}

/** The value of a body. Throws DecodeFault. */
export function jsonBody({ body }: EmbeddedRequest): unknown {
  if (typeof body === 'object' && !(body instanceof Uint8Array)) return body;
  const text = typeof body === 'string' ? body : Buffer.from(body ?? []).toString('utf8');
  try {
    // Go's 64-bit flags do not fit into a number. Quotes within strings are escaped, so only the field itself is met.
    return JSON.parse(text.replaceAll(/"Flags":\s*(\d+)/g, '"Flags":"$1"')) as unknown; // safe: JSON.parse gives `any`
  } catch {
    throw new DecodeFault(trouble(text));
  }
}

/** The three most common of Go's sentences; others that are not JSON get the last of them. */
function trouble(text: string): string {
  const first = text.trimStart().charAt(0);
  if (first === '') return 'EOF';
  if (!/[[{"\d\-tfn]/.test(first)) return `invalid character '${first}' looking for beginning of value`;
  return 'unexpected EOF';
}

/** How many bytes the body has on the wire. */
export function bodyLength({ body }: EmbeddedRequest): number {
  if (body === undefined) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.length : Buffer.byteLength(JSON.stringify(body));
}

/** The bytes of a body that is no JSON. */
export const rawBody = ({ body }: EmbeddedRequest): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body instanceof Uint8Array ? body : []);
