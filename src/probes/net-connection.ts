/** Plain connections by node:net. */
import type { OnReadOpts, Socket } from 'node:net';
import { OWN_ECHO, sharedBuffer, type Connection, type Connections, type Owner } from './connection.ts';
import { isOwnEcho, openSocket } from './dial.ts';

/** Its listeners stay on the socket for good: once it is closed they do nothing, and an error that nobody heard would end the process. */
class NetConnection implements Connection, OnReadOpts {
  readonly buffer = sharedBuffer;
  #owner: Owner | undefined;
  readonly #socket: Socket;
  readonly #port: number;

  constructor(address: string, port: number, owner: Owner) {
    this.#port = port;
    this.#owner = owner;
    this.#socket = openSocket(address, port, this);
    this.#socket.on('error', this.#onError).on('connect', this.#onConnect).on('close', this.#onClose);
  }

  readonly callback = (length: number): boolean => {
    this.#owner?.onBytes(sharedBuffer.subarray(0, length));
    return true;
  };

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#owner = undefined;
    this.#socket.destroy();
  }

  readonly #onConnect = (): void => {
    if (isOwnEcho(this.#socket, this.#port)) this.#onError(OWN_ECHO);
    else this.#owner?.onConnect();
  };

  readonly #onError = (error: Error): void => {
    this.#owner?.onError(error);
  };

  readonly #onClose = (): void => {
    this.#owner?.onEnd();
  };
}

/** Needs nothing but Node, and has nothing to be disposed of. */
export const netConnections: Connections = {
  connect: (address, port, owner) => new NetConnection(address, port, owner),
  [Symbol.dispose]: () => undefined,
};
