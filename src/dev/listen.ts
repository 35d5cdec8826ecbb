/** Servers of this machine alone. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on a port of 127.0.0.1, 0 for one that the kernel chooses. Resolves to the port; rejects with what the kernel says. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // safe: it listens on a port, not on a pipe
}

/** Listens on the `preferred` port, or on another one when that is taken. Resolves to the port. */
export const listenNear = (server: Server, preferred: number): Promise<number> =>
  listen(server, preferred).catch(() => listen(server, 0));

/** Ends a server and its connections, if it listens. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
