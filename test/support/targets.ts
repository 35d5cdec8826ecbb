/** Targets for probes, well-behaved and not. Each listens on a free port of the loopback and ends with its scope. */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { TlsOptions } from 'node:tls';

/** A server that is there until it is disposed of. */
export interface Target extends AsyncDisposable {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Has anybody said anything on a connection that is still open? */
  readonly isAsked: boolean;
}

/** The text of a file in test/fixtures/tls. */
export const tlsFile = (name: string): string => readFileSync(tlsPath(name), 'utf8');

/** Where a file of test/fixtures/tls lies. */
export const tlsPath = (name: string): string => new URL(`../fixtures/tls/${name}`, import.meta.url).pathname;

const start = async (
  server: Server,
  event: 'connection' | 'secureConnection',
  host: string,
  port = 0,
): Promise<Target> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  server.on(event, (socket: Socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // safe: it listens on a port, not on a pipe
    get connections() {
      return connections;
    },
    get isAsked() {
      return [...sockets].some((socket) => socket.bytesRead > 0);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** An HTTP server. */
export const startHttpTarget = (listener: RequestListener, host = '127.0.0.1'): Promise<Target> =>
  start(createHttpServer(listener), 'connection', host);

/** An HTTPS server with a certificate of test/fixtures/tls: `server`, `wrong-host`, `expired`. */
export const startHttpsTarget = (
  certificate: string,
  listener: RequestListener,
  options: TlsOptions = {},
): Promise<Target> => {
  const cert = { cert: tlsFile(`${certificate}.pem`), key: tlsFile(`${certificate}.key`) };
  return start(createHttpsServer({ ...cert, ...options }, listener), 'secureConnection', '127.0.0.1');
};

/** A server that does with each connection what `onConnection` says, and nothing else. On a free port unless told. */
export const startTcpTarget = (
  onConnection: (socket: Socket) => void,
  host = '127.0.0.1',
  port?: number,
): Promise<Target> => start(createServer(onConnection), 'connection', host, port);

/** A server that says `bytes` to everyone who has asked something, and ends the connection unless told to keep it. */
export const startRawTarget = (bytes: string | Buffer, { isKept = false } = {}): Promise<Target> =>
  startTcpTarget((socket) => {
    socket.once('data', () => (isKept ? socket.write(bytes) : socket.end(bytes)));
  });

/** A server that reads a whole head, however long, and answers 200 with the number of its bytes. */
export const startCountingTarget = (): Promise<Target> =>
  startTcpTarget((socket) => {
    let end = '';
    socket.on('data', (bytes) => {
      end = `${end}${bytes.toString('latin1')}`.slice(-4);
      if (end !== '\r\n\r\n') return;
      const body = `${socket.bytesRead} bytes`;
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });

/** A server that accepts and never says a word. */
export const startSilentTarget = (): Promise<Target> =>
  startTcpTarget((socket) => {
    socket.resume();
  });

/** A port of 127.0.0.1 that refuses. */
export const refusedPort = async (): Promise<number> => {
  await using target = await startSilentTarget();
  return target.port;
};

/** Blocks its own thread once it listens, so that nobody accepts. */
const NEVER_ACCEPTING = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** A port that neither accepts nor refuses: its queue is full, and the kernel drops whoever comes next. */
export const startUnreachableTarget = async (): Promise<{ readonly port: number } & AsyncDisposable> => {
  const worker = new Worker(NEVER_ACCEPTING, { eval: true });
  const [port] = (await once(worker, 'message')) as [number]; // safe: the program above posts its port and nothing else
  const queued = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(queued.map((socket) => once(socket, 'connect')));
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of queued) socket.on('error', () => undefined).destroy();
      await worker.terminate();
    },
  };
};
