/** Two things that the package `consul` does not do with an answer: stop reading a large one, and notice a broken one. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type Consul from 'consul';

const MAX_BYTES = 8 * 1024 * 1024;

interface NodeTransport {
  request(options: RequestOptions): ClientRequest;
}

/** The package's client as its base class `papi` makes it; its types do not tell. */
interface Extensible {
  _ext(event: 'onRequest', run: (request: { transport: NodeTransport }, next: () => void) => void): void;
}

/** Fails a request, instead of leaving it hanging, when its answer breaks off or grows beyond 8 MiB. A proxy wants whole URLs. */
export function boundTransport(consul: Consul, pathPrefix: string): void {
  // safe: `_ext` is papi's documented way to extend a client, and Consul extends papi's Client
  (consul as unknown as Extensible)._ext('onRequest', (request, next) => {
    const { transport } = request;
    request.transport = {
      request(options) {
        const sent = transport.request({ ...options, path: pathPrefix + (options.path ?? '') });
        sent.once('response', (response) => {
          bound(response, (error) => sent.emit('error', error));
        });
        return sent;
      },
    };
    next();
  });
}

function bound(response: IncomingMessage, fail: (error: Error) => void): void {
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_BYTES) response.destroy(new Error(`the answer is larger than ${MAX_BYTES} bytes`));
  });
  response.on('error', fail);
}
