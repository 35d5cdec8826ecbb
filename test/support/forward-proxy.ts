/** A proxy that takes every request and tunnel to one port of the loopback, whatever host is named. */
import { createServer, request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ForwardProxy extends AsyncDisposable {
  readonly port: number;
  /** What was asked for: `GET http://h/...`, `CONNECT h:443`, with the credentials given. */
  readonly asked: readonly { readonly line: string; readonly credentials: string | undefined }[];
}

export async function startForwardProxy(targetPort: number): Promise<ForwardProxy> {
  const asked: ForwardProxy['asked'][number][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((from, to) => {
    asked.push({ line: `${from.method ?? ''} ${from.url ?? ''}`, credentials: from.headers['proxy-authorization'] });
    const { pathname, search } = new URL(from.url ?? '');
    const onward = request(
      { host: '127.0.0.1', port: targetPort, method: from.method, path: pathname + search, headers: from.headers },
      (answer) => {
        to.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(to);
      },
    );
    from.pipe(onward);
  });
  server.on('connect', (from, socket: Socket) => {
    asked.push({ line: `CONNECT ${from.url ?? ''}`, credentials: from.headers['proxy-authorization'] });
    const onward = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // safe: it listens on a port, not on a pipe
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
