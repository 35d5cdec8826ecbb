/** Both planes of the daemon's client over a simulated link: the package `consul` writes its requests as ever. */
import { EventEmitter } from 'node:events';
import Consul from 'consul';
import type { Planes } from '../../../src/consul/client.ts';
import { controlBy } from '../../../src/consul/control.ts';
import type { EmbeddedReply } from '../../../src/dev/embedded/request.ts';
import { rendered } from '../../../src/dev/embedded/serve.ts';
import { inEqualPieces } from '../../support/pieces.ts';
import type { Link } from './link.ts';

const NOTHING = (): void => undefined;

/** So short that lists come in several. */
const PIECE_BYTES = 1_000;

const bytesOf = (content: string | Uint8Array): Buffer => Buffer.from(content);

/** As much of a `http.ClientRequest` as the package's base `papi` asks for. */
class SimulatedRequest extends EventEmitter {
  readonly path: string;
  readonly #link: Link;
  readonly #method: string;
  #isAborted = false;
  #giveUp: () => void = NOTHING;

  constructor(link: Link, { path, method }: { readonly path: string; readonly method: string }) {
    super();
    this.#link = link;
    this.path = path;
    this.#method = method;
  }

  getHeader(): string {
    return 'simulated';
  }

  end(body?: Buffer): void {
    const [path = '', query = ''] = this.path.split('?');
    const request = { method: this.#method, path, query: [...new URLSearchParams(query)], ...(body && { body }) };
    const onStart = (giveUp: () => void): (() => void) => {
      this.#giveUp = giveUp;
      return NOTHING;
    };
    this.#link.ask(request, onStart).then(
      (reply) => {
        this.#tell(reply);
      },
      (error: unknown) => {
        if (!this.#isAborted) this.emit('error', error);
      },
    );
  }

  abort(): void {
    this.#isAborted = true;
    this.#giveUp();
  }

  #tell({ status, body }: EmbeddedReply): void {
    const [type, content] = rendered(body);
    const response = Object.assign(new EventEmitter(), { statusCode: status, headers: { 'content-type': type } });
    this.emit('response', response);
    if (content.length > 0) response.emit('data', bytesOf(content));
    response.emit('end');
  }
}

/** The package's client as its base class makes it; its types do not tell. */
interface Extensible {
  _ext(event: 'onRequest', run: (request: { transport: unknown }, next: () => void) => void): void;
}

const packageOver = (link: Link): Consul => {
  const options = { baseUrl: 'http://consul:8500/v1', secure: false }; // baseUrl is missing from the package's types only
  const consul = new Consul(options);
  // safe: `_ext` is papi's documented way to extend a client, and Consul extends papi's Client
  (consul as unknown as Extensible)._ext('onRequest', (request, next) => {
    request.transport = {
      request: (sent: { readonly path: string; readonly method: string }) => new SimulatedRequest(link, sent),
    };
    next();
  });
  return consul;
};

/** Returns what ends the waiting for it. */
const onAbort = (signal: AbortSignal, fn: () => void): (() => void) => {
  signal.addEventListener('abort', fn);
  return () => {
    signal.removeEventListener('abort', fn);
  };
};

export const planesOver = (link: Link): Planes => ({
  transport: {
    async send({ method, path, query = [], body: sent, reader: readerFor }, _headers, signal) {
      const request = { method, path, query, ...(sent === undefined ? {} : { body: sent }) };
      const reply = await link.ask(request, (giveUp) => onAbort(signal, giveUp));
      const [, content] = rendered(reply.body);
      const head = { status: reply.status, index: reply.index, isFiltered: false };
      const body = bytesOf(content);
      const reader = head.status === 200 ? readerFor?.(head) : undefined;
      if (reader === undefined) return { ...head, body };
      for (const piece of inEqualPieces(body, PIECE_BYTES)) reader.push(piece);
      return { ...head, body: Buffer.alloc(0) };
    },
    close: () => undefined,
    destroy: () => Promise.resolve(),
  },
  control: controlBy(packageOver(link), () => undefined),
});
