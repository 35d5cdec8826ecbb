/** The data plane: catalog, health, KV and transactions over one bounded pool of undici. */
import type { Dispatcher } from 'undici';
import { EsmError } from '../errors.ts';
import type { Answer, AnswerHead } from './answer.ts';
import type { ConsulAddress } from './address.ts';
import type { TlsOptions } from './tls.ts';
import { Pool, request } from './undici.ts';

/** Blocking queries (six at most) counted; Consul allows 200 connections to one address by default. */
export const CONNECTIONS = 32;

/** Shorter than the minute after which load balancers drop an idle connection without a word. */
const KEEP_ALIVE_MS = 30_000;

export interface Call {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** From `/v1` on, its variable parts encoded. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: string;
  /** How much of a body is read, in bytes. Default: 16 MiB. */
  readonly maxBytes?: number;
  /** How long the whole may take, in milliseconds. Default: 10 s. */
  readonly timeoutMs?: number;
  /** Who reads the body of an answer of status 200 while it comes; undefined: it is gathered. Default: all are. */
  readonly reader?: ((head: AnswerHead) => BodyReader | undefined) | undefined;
}

/** Of a list of many megabytes neither room nor garbage is made by whoever takes it in pieces. */
export interface BodyReader {
  /** The bytes are good until it returns. */
  push(bytes: Buffer): void;
}

/** Parameters of a query in order; one may come more than once (`node-meta`). */
export type Query = readonly (readonly [name: string, value: string])[];

export interface Transport {
  /** Sends a call and reads the answer to the end; rejects with whatever undici or `signal` throws. */
  send(call: Call, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  /** Lets what runs end, then closes all connections. */
  close(): void;
  destroy(): Promise<void>;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/** Opens the pool. A given `dispatcher` (a proxy's) takes its place. */
export function createTransport(
  address: ConsulAddress,
  tls: TlsOptions | undefined,
  dispatcher?: Dispatcher,
): Transport {
  const pool =
    dispatcher ??
    new Pool(address.origin, {
      connections: CONNECTIONS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0, // the caller's signal is exact, undici's own timers are not
      bodyTimeout: 0,
      ...(address.socketPath === undefined ? {} : { socketPath: address.socketPath }),
      ...(tls === undefined ? {} : { connect: { ...tls } }),
    });
  return {
    async send(call, headers, signal) {
      const answer = await request.call(pool, {
        origin: address.origin.origin, // a string: before a proxy undici would join a URL and the path with two slashes
        method: call.method,
        path: address.prefix + pathOf(call),
        headers,
        body: call.body ?? null,
        signal,
      });
      const head = {
        status: answer.statusCode,
        index: indexOf(answer.headers['x-consul-index']),
        isFiltered: answer.headers['x-consul-results-filtered-by-acls'] === 'true',
      };
      const reader = head.status === 200 ? call.reader?.(head) : undefined;
      return { ...head, body: await readBody(answer.body, call.maxBytes ?? DEFAULT_MAX_BYTES, reader) };
    },
    close: () => void pool.close(),
    destroy: () => pool.destroy(),
  };
}

const pathOf = ({ path, query = [] }: Call): string =>
  query.length === 0 ? path : `${path}?${query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;

async function readBody(body: AsyncIterable<Buffer>, maxBytes: number, reader?: BodyReader): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new EsmError('ESM_CONSUL_UNAVAILABLE', `the answer is larger than ${maxBytes} bytes`);
    if (reader === undefined) chunks.push(chunk);
    else reader.push(chunk);
  }
  return Buffer.concat(chunks);
}

function indexOf(header: string | string[] | undefined): number | undefined {
  const index = Number(header);
  return typeof header === 'string' && Number.isSafeInteger(index) && index >= 0 ? index : undefined;
}
