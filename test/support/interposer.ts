/** Stands between the daemon and Consul, so that a test can act in the middle of a request. */
import { createServer, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';

export interface Intercepted {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What Consul answered to a request. */
export interface InterceptedAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Interposer extends AsyncDisposable {
  readonly url: string;
}

/** Passes requests on to `consulUrl`; each waits until `before` has returned, and its answer is shown to `after`. */
export async function startInterposer(
  consulUrl: string,
  before: (intercepted: Intercepted) => Promise<void> | undefined,
  after: (intercepted: Intercepted, answer: InterceptedAnswer) => void = () => undefined,
): Promise<Interposer> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = '', url: path = '', headers } = incoming;
      const body = await text(incoming);
      await before({ method, path, body });
      const forwarded = request(`${consulUrl}${path}`, { method, headers });
      outgoing.on('close', () => forwarded.destroy());
      forwarded.end(body);
      const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]; // safe: what the event bears
      const [status, said] = [answer.statusCode ?? 502, await buffer(answer)];
      after({ method, path, body }, { status, body: said.toString() });
      outgoing.writeHead(status, answer.headers).end(said);
    })().catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // safe: it listens on a port, not on a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
