/** The daemon's own HTTP surface: read-only, on one address, each page a route. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EsmError } from '../errors.ts';
import { parseListenAddress, shownAddress } from '../listen-address.ts';

/** Answers a GET or HEAD; the response has its common headers. Node leaves the body of an answer to HEAD away. */
export type Handler = (url: URL, response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** Handlers by path. */
export type Routes = ReadonlyMap<string, Handler>;

export interface HttpSurface extends AsyncDisposable {
  /** `http://host:port`, as it listens. */
  readonly url: string;
}

/** Nothing may be loaded from elsewhere, nobody may frame it, and no answer outlives the moment. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** A request is a line and some headers: whoever takes longer for them is not served. */
const REQUEST_LIMIT_MS = 10_000;
const MOST_CONNECTIONS = 256;

/** Answers with plain text. */
export const answerText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

const serve = async (routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    answerText(response, 405, 'GET and HEAD only');
    return;
  }
  const target = `http://surface${request.url ?? '/'}`;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const handler = url === undefined ? undefined : routes.get(url.pathname);
  if (url === undefined || handler === undefined) answerText(response, 404, 'no such page');
  else await handler(url, response, request);
};

const unavailable = (setting: string, address: string, cause: unknown): EsmError => {
  const why = cause instanceof Error ? cause.message : String(cause);
  const shown = JSON.stringify(address);
  return new EsmError('ESM_CONFIG_INVALID', `${setting} = ${shown} cannot be had: ${why}`, { cause });
};

/**
 * Listens on `address`. Rejects with `ESM_CONFIG_INVALID`, naming the `setting`, when that cannot be had. Disposing ends every connection at once,
 * whatever it carries.
 */
export const serveHttp = async (address: string, routes: Routes, setting: string): Promise<HttpSurface> => {
  const server = createServer({ requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('request', (request, response) => {
    serve(routes, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else answerText(response, 500, 'the page could not be made');
    });
  });
  const asked = parseListenAddress(address);
  try {
    if (asked === undefined) throw new Error('it is not host:port');
    server.listen({ ...(asked.host === undefined ? {} : { host: asked.host }), port: asked.port });
    await once(server, 'listening');
  } catch (error) {
    throw unavailable(setting, address, error);
  }
  const { address: host, port } = server.address() as AddressInfo; // safe: it listens on a port, not on a pipe
  return {
    url: `http://${shownAddress(host, port)}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
