/** A plain connection to one numeric address, whoever makes it: node:net, or the kernel's calls. */

/** Every plain connection reads into this one buffer: what it holds is consumed before the next read of any of them. */
const SHARED_BYTES = 64 * 1_024;
export const sharedBuffer = Buffer.allocUnsafeSlow(SHARED_BYTES);

/** Who asked for a connection. Never called within `connect`, and not once `close` was called. */
export interface Owner {
  /** It stands, and not with itself. */
  onConnect(): void;
  /** What came, in {@link sharedBuffer}. */
  onBytes(bytes: Buffer): void;
  /** Nothing more will come. */
  onEnd(): void;
  /** It does not stand, or no more. `code` is one of Node's: `ECONNREFUSED`. */
  onError(error: Error): void;
}

export interface Connection {
  /** Sends all of it, as fast as the other side takes it; once connected, and once. */
  write(bytes: Buffer): void;
  /** Closes at once. */
  close(): void;
}

/** Begins to connect. */
export type Connect = (address: string, port: number, owner: Owner) => Connection;

/** A way to connect. Once it is disposed of, nobody is told of anything any more. */
export interface Connections extends Disposable {
  readonly connect: Connect;
}

/**
 * The kernel may send from the very port it is to connect to, and so connect a socket to itself: a dead port of this machine
 * passed in a test of ours. Nobody listens there.
 */
export const OWN_ECHO = Object.assign(new Error('connected to itself'), { code: 'ECONNREFUSED' });
