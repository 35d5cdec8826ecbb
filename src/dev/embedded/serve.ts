/** Puts an embedded Consul behind HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { EmbeddedConsul } from './embedded.ts';
import type { EmbeddedReply, ReplyBody } from './request.ts';

export interface ServeOptions {
  /** Default: one that the kernel chooses. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
}

export interface ServedConsul extends AsyncDisposable {
  /** `http://<host>:<port>`. */
  readonly url: string;
  readonly port: number;
}

/** Listens. Disposing closes every connection, and leaves the server behind it as it is. Rejects when it cannot listen. */
export async function serveEmbeddedConsul(
  consul: EmbeddedConsul,
  { port = 0, host = '127.0.0.1' }: ServeOptions = {},
): Promise<ServedConsul> {
  const server = createServer((from, to) => {
    pass(consul, from, to).catch((error: unknown) => to.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: own } = server.address() as AddressInfo; // safe: it listens on a port, not on a pipe
  return {
    url: `http://${host}:${own}`,
    port: own,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function pass(consul: EmbeddedConsul, from: IncomingMessage, to: ServerResponse): Promise<void> {
  const url = new URL(from.url ?? '/', 'http://consul');
  const body = await buffer(from).catch(() => undefined);
  if (body === undefined) return; // the client broke off
  const request = { method: from.method ?? '', path: url.pathname, query: [...url.searchParams], body };
  const cancel = consul.ask(request, (reply) => {
    send(reply, to, url.searchParams.has('pretty'));
  });
  to.once('close', cancel);
}

function send({ status, index, headers, body }: EmbeddedReply, to: ServerResponse, isPretty: boolean): void {
  const [type, content] = rendered(body, isPretty);
  to.writeHead(status, {
    ...headers,
    ...(type === '' ? {} : { 'Content-Type': type }),
    ...(index === undefined ? {} : { 'X-Consul-Index': String(index) }),
  }).end(content);
}

/** A body as it stands on the wire, and its content type. `isPretty`: JSON in lines, for people. */
export function rendered(body: ReplyBody, isPretty = false): readonly [type: string, content: string | Uint8Array] {
  switch (body.type) {
    case 'empty':
      return ['', ''];
    case 'text':
      return ['text/plain; charset=utf-8', body.text];
    case 'bytes':
      return ['text/plain', body.bytes];
    case 'json':
      return ['application/json', isPretty ? prettyText(body.value) : jsonText(body.value)];
  }
}

/** Go's 64-bit flags do not fit into a number. Quotes within strings are escaped, so only the field itself is met. */
const withFlags = (text: string): string =>
  text.includes('"Flags"') ? text.replaceAll(/("Flags": ?)"(\d+)"/g, '$1$2') : text;

const prettyText = (value: unknown): string => withFlags(`${JSON.stringify(value, null, 4)}\n`);

const jsonText = (value: unknown): string =>
  isList(value) ? `[${value.map(elementText).join(',')}]` : withFlags(JSON.stringify(value));

const isList = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'object' && element !== null);

/** Of the elements of lists, which are told over and over: what the server holds does not change, it is replaced. */
const texts = new WeakMap<object, string>();

function elementText(element: object): string {
  const known = texts.get(element);
  if (known !== undefined) return known;
  const text = withFlags(JSON.stringify(element));
  texts.set(element, text);
  return text;
}
