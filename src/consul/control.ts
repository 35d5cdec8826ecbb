/** The control plane: the low-rate calls that the package `consul` models (agent, session, kv, status). */
import { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import Consul from 'consul';
import type { Answer } from './answer.ts';
import type { ConsulAddress } from './address.ts';
import { boundTransport } from './control-transport.ts';
import type { Detour } from './proxied.ts';
import type { TlsOptions } from './tls.ts';

/** Connections beside those of the data plane. */
const SOCKETS = 8;

/** What each call of the package is given; spread it into the call's own options. */
export interface ControlOptions {
  readonly token?: string;
  readonly dc?: string;
  readonly partition?: string;
  /** Ends the request on its event `cancel`, when time is up too: the package knows no AbortSignal, and its timers no clock. */
  readonly ctx: EventEmitter;
}

/** A call of the package; resolves to what the package resolves to. */
export type ControlCall = (consul: Consul, options: ControlOptions) => Promise<unknown>;

export interface Control {
  /** An answer of whatever status, the body as the package parsed it; rejects when there was none. */
  call(run: ControlCall, options: Omit<ControlOptions, 'ctx'>, signal: AbortSignal): Promise<ControlAnswer>;
  close(): void;
}

/** An {@link Answer} and, when its status is 200, the value that the package made of it. */
export interface ControlAnswer extends Answer {
  readonly value: unknown;
}

export function createControl(
  address: ConsulAddress,
  tls: TlsOptions | undefined,
  headers: Readonly<Record<string, string>>,
  detour: Detour | undefined,
): Control {
  const { origin } = address;
  const agent = detour?.agent ?? directAgent(address, tls);
  const options = {
    baseUrl: `${origin.origin}${address.prefix}/v1`,
    headers: { ...headers, ...detour?.headers },
    agent,
    ...(address.socketPath === undefined ? {} : { socketPath: address.socketPath }),
  };
  // baseUrl, headers and socketPath are missing from the types of the package, not from what it takes
  const consul = new Consul(options);
  boundTransport(consul, detour?.pathPrefix ?? '');
  return controlBy(consul, () => {
    agent.destroy();
  });
}

/** The control plane by a client of the package, whatever it sends its requests by; `close` ends its connections. */
export function controlBy(consul: Consul, close: () => void): Control {
  return {
    close,
    async call(run, options, signal) {
      const ctx = new EventEmitter();
      const cancel = (): void => void ctx.emit('cancel');
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return {
          status: 200,
          index: undefined,
          isFiltered: false,
          body: Buffer.alloc(0),
          value: await run(consul, { ctx, ...options }),
        };
      } catch (error) {
        return answerOf(error);
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

/** The package rejects an answer that is not 2xx. Its error holds the request, token and all, so it must not travel on. */
function answerOf(error: unknown): ControlAnswer {
  const response = error instanceof Error && 'response' in error ? error.response : undefined;
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) throw error;
  const body = 'body' in response ? response.body : '';
  const text = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { status: Number(response.statusCode), index: undefined, isFiltered: false, body: text, value: undefined };
}

const directAgent = ({ origin }: ConsulAddress, tls: TlsOptions | undefined): http.Agent =>
  origin.protocol === 'https:'
    ? new https.Agent({ keepAlive: true, maxSockets: SOCKETS, ...tls })
    : new http.Agent({ keepAlive: true, maxSockets: SOCKETS });
