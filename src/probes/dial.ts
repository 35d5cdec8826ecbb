/** Connects to one of several addresses: every one is tried, none may hold up the others. */
import { connect, type OnReadOpts, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { EsmError } from '../errors.ts';
import { OWN_ECHO } from './connection.ts';
import type { Deadline, Ended } from './deadline.ts';
import { asUnsent, errnoWords } from './errno.ts';
import { joinHostPort } from './host-port.ts';

/** RFC 8305: the next address is tried when the last one has neither connected nor failed for this long. */
const NEXT_ADDRESS_AFTER_MS = 250;

/** Why there is no connection. */
export type NotDialled =
  /** In Go's words: `dial tcp 127.0.0.1:1: connect: connection refused`. */
  { readonly type: 'failed'; readonly fault: string } | { readonly type: 'unsent'; readonly error: EsmError };

/** What became of an attempt to connect. */
export type Dialled = { readonly type: 'connected'; readonly socket: Socket; readonly address: string } | NotDialled;

/** Where to connect to, and who reads what comes. */
export interface DialOptions {
  /** At least one, numeric. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Reads into a buffer of the caller's in place of `data` events. */
  readonly onread?: OnReadOpts;
}

/**
 * What `net.Socket` adds to a copy of the options that it is given. Where it has nothing to add, all copies share one hidden class
 * of V8's; otherwise each has its own, and is searched the slow way some thirty times: a third of a probe's processor time.
 */
export const AS_NODE_SETS = { allowHalfOpen: false, emitClose: false, autoDestroy: true, decodeStrings: false };

/** A socket that connects to a numeric address. */
export const openSocket = (address: string, port: number, onread: OnReadOpts | undefined): Socket => {
  const target = { host: address, port, ...AS_NODE_SETS };
  return connect(onread === undefined ? target : { onread, ...target });
};

/** An error may come at any time in a socket's life, and one nobody listens to ends the process. */
const ignore = (): void => undefined;

/** Is it connected to itself? */
export const isOwnEcho = (socket: Socket, port: number): boolean =>
  socket.localPort === port && socket.localAddress === socket.remoteAddress;

/** What an error before the connection stood means. */
export const dialFault = (error: unknown, address: string, port: number): NotDialled => {
  const target = joinHostPort(address, port);
  const unsent = asUnsent(error, target);
  if (unsent !== undefined) return { type: 'unsent', error: unsent };
  return { type: 'failed', fault: `dial tcp ${target}: connect: ${errnoWords(error)}` };
};

/** One race among addresses. The first that connects wins; when all fail, the first real answer of the network is told. */
class Race {
  readonly #sockets = new Set<Socket>();
  #next = 0;
  #timer: unknown;
  #failure: NotDialled | undefined;
  #settle: ((dialled: Dialled) => void) | undefined;
  readonly #options: DialOptions;
  readonly #clock: Clock;

  constructor(options: DialOptions, clock: Clock, settle: (dialled: Dialled) => void) {
    this.#options = options;
    this.#clock = clock;
    this.#settle = settle;
    this.#tryNext();
  }

  /** Destroys every socket but the winner. */
  stop(): void {
    this.#settle = undefined;
    this.#clock.clearTimeout(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #tryNext(): void {
    this.#clock.clearTimeout(this.#timer);
    const { addresses, port, onread } = this.#options;
    const address = addresses[this.#next];
    this.#next += 1;
    if (address === undefined) return;
    const socket = openSocket(address, port, onread);
    this.#sockets.add(socket);
    const onError = (error: Error): void => {
      this.#onFailure(socket, address, error);
    };
    socket.on('error', ignore);
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      this.#onConnect(socket, address);
    });
    if (this.#next < addresses.length) {
      this.#timer = this.#clock.setTimeout(() => {
        this.#tryNext();
      }, NEXT_ADDRESS_AFTER_MS);
    }
  }

  #onConnect(socket: Socket, address: string): void {
    if (isOwnEcho(socket, this.#options.port)) {
      socket.destroy();
      this.#onFailure(socket, address, OWN_ECHO);
      return;
    }
    const settle = this.#settle;
    this.#sockets.delete(socket);
    this.stop();
    settle?.({ type: 'connected', socket, address });
  }

  #onFailure(socket: Socket, address: string, error: unknown): void {
    const settle = this.#settle;
    if (settle === undefined || !this.#sockets.delete(socket)) return;
    const fault = dialFault(error, address, this.#options.port);
    if (this.#failure === undefined || (this.#failure.type === 'unsent' && fault.type === 'failed'))
      this.#failure = fault;
    if (this.#next < this.#options.addresses.length) this.#tryNext();
    else if (this.#sockets.size === 0) {
      this.stop();
      settle(this.#failure);
    }
  }
}

/** Connects under the deadline. The socket of a `connected` is the caller's to destroy; its errors are harmless. */
export const dial = (options: DialOptions, deadline: Deadline, clock: Clock): Promise<Dialled | Ended> =>
  deadline.wait((settle) => {
    const race = new Race(options, clock, settle);
    return () => {
      race.stop();
    };
  });
