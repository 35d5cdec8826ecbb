/** Stands between the daemon and Consul, so that a test can act in the middle of a request. */
import { createServer, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Intercepted {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface Interposer extends AsyncDisposable {
  readonly url: string;
}

/** Passes requests on to `consulUrl`; each waits until `before` has returned. */
export async function startInterposer(
  consulUrl: string,
  before: (intercepted: Intercepted) => Promise<void> | undefined,
): Promise<Interposer> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const { method = '', url: path = '', headers } = incoming;
      const body = await textOf(incoming);
      await before({ method, path, body });
      const forwarded = request(`${consulUrl}${path}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.destroy());
      outgoing.on('close', () => forwarded.destroy());
      forwarded.end(body);
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

const textOf = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // safe: no encoding is set
  return Buffer.concat(chunks).toString();
};
