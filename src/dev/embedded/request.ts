/** Questions to the embedded Consul and its answers, as they are without HTTP. */

export interface EmbeddedRequest {
  readonly method: string;
  /** From `/v1` on, percent-encoded as on the wire. */
  readonly path: string;
  /** Decoded, in order; a name may come more than once. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Text or bytes, as sent. Where Consul wants JSON, the value itself will do. */
  readonly body?: string | Uint8Array | object;
}

export interface EmbeddedReply {
  readonly status: number;
  /** `X-Consul-Index`. */
  readonly index?: number;
  /** The other headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReplyBody;
}

export type ReplyBody =
  | { readonly type: 'empty' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** Not to be changed: it is what the server holds. `Flags` are texts; in JSON they are numbers. */
  | { readonly type: 'json'; readonly value: unknown };

/** A request that ends with an error in the words of Consul. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, text: string, headers: Readonly<Record<string, string>> = {}) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

export const json = (value: unknown, headers = {}): EmbeddedReply => ({
  status: 200,
  headers,
  body: { type: 'json', value },
});

export const done: EmbeddedReply = { status: 200, headers: {}, body: { type: 'empty' } };

export const refused = ({ status, message, headers }: Refusal): EmbeddedReply => ({
  status,
  headers,
  body: message === '' ? { type: 'empty' } : { type: 'text', text: message },
});

/** The first value of a parameter; undefined: it is not there. */
export const parameter = ({ query = [] }: EmbeddedRequest, name: string): string | undefined =>
  query.find(([key]) => key === name)?.[1];

export const has = (request: EmbeddedRequest, name: string): boolean => parameter(request, name) !== undefined;

/** A 64-bit number without sign, as digits. Go's parser words what is none. */
export function uint64(text: string): string {
  const fault = /^\d+$/.test(text) ? (BigInt(text) >= 2n ** 64n ? 'value out of range' : '') : 'invalid syntax';
  if (fault !== '') throw new Refusal(500, `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${fault}`);
  return BigInt(text).toString();
}
