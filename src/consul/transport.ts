/** The data plane: catalog, health, KV and transactions over one bounded pool of undici. */
import type { Dispatcher } from 'undici';
import { EsmError } from '../errors.ts';
import type { Answer } from './answer.ts';
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
  /** Where the body is put, in place of what was there before. Default: a buffer of its own. */
  readonly room?: BodyRoom | undefined;
}

/**
 * Room for one body, used again and again by whoever asks for a long list all the time: V8 counts the bytes of buffers, and searches
 * the whole heap for garbage after some 64 MB of new ones.
 */
export interface BodyRoom {
  buffer: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

/** Room for nothing yet: it grows with the bodies that are put there. */
export const emptyRoom = (): BodyRoom => ({ buffer: NO_BYTES });

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
      const body = await readBody(answer.body, call.maxBytes ?? DEFAULT_MAX_BYTES, call.room);
      return {
        status: answer.statusCode,
        index: indexOf(answer.headers['x-consul-index']),
        isFiltered: answer.headers['x-consul-results-filtered-by-acls'] === 'true',
        body,
      };
    },
    close: () => void pool.close(),
    destroy: () => pool.destroy(),
  };
}

/** What a room has over a body that did not fit into the one before: lists grow slowly. */
const SPARE = 1 / 16;

const pathOf = ({ path, query = [] }: Call): string =>
  query.length === 0 ? path : `${path}?${query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;

async function readBody(body: AsyncIterable<Buffer>, maxBytes: number, room?: BodyRoom): Promise<Buffer> {
  const known = room?.buffer ?? NO_BYTES;
  const beyond: Buffer[] = [];
  let [length, fitting] = [0, 0];
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new EsmError('ESM_CONSUL_UNAVAILABLE', `the answer is larger than ${maxBytes} bytes`);
    if (length <= known.length) fitting += chunk.copy(known, fitting);
    else beyond.push(chunk);
  }
  if (beyond.length === 0) return known.subarray(0, length);
  if (room === undefined) return Buffer.concat(beyond, length);
  room.buffer = Buffer.concat([known.subarray(0, fitting), ...beyond], Math.ceil(length * (1 + SPARE)));
  return room.buffer.subarray(0, length);
}

function indexOf(header: string | string[] | undefined): number | undefined {
  const index = Number(header);
  return typeof header === 'string' && Number.isSafeInteger(index) && index >= 0 ? index : undefined;
}
