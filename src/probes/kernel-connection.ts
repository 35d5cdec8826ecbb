/**
 * Plain connections by the kernel's own calls. What Node keeps of a socket lives until the next full collection of garbage, and costs
 * as much time as the kernel takes to connect; here a connection is a number and an object.
 */
import { OWN_ECHO, sharedBuffer, type Connection, type Connections, type Owner } from './connection.ts';
import { Epoll, EPOLLERR_OR_HUP, EPOLLIN, EPOLLPRI, EPOLLRDHUP, type Watcher } from './epoll.ts';
import { systemError } from './errno.ts';
import { netConnections } from './net-connection.ts';
import { lengthOf, LONGEST_ADDRESS, PORT_AT, SocketAddress } from './socket-address.ts';
import { AF_INET, AF_INET6, EINPROGRESS, EINVAL, isPutOff, SOCK_STREAM, type Syscalls } from './syscalls.ts';

const peer4 = new SocketAddress(AF_INET);
const peer6 = new SocketAddress(AF_INET6);

/** Both ends of a connection, to be compared; the shorter addresses leave what was behind them. */
const [own, other] = [Buffer.alloc(LONGEST_ADDRESS), Buffer.alloc(LONGEST_ADDRESS)];

/** Nothing more will come than what lies there. */
const ENDED = EPOLLRDHUP | EPOLLERR_OR_HUP;
const READABLE = EPOLLIN | ENDED;
/** A read may stop though more lies there: what is left will not be told of by itself. Urgent bytes end a read, and are left out. */
const UNREAD = ENDED | EPOLLPRI;

let lastSerial = 0;

class KernelConnection implements Connection, Watcher {
  readonly serial = (lastSerial = (lastSerial + 1) | 0);
  #fd = -1;
  #isConnected = false;
  /** What the other side has not taken yet. */
  #unsent: Buffer | undefined;
  /** Why it takes no more; what it has said before is read nevertheless. */
  #sendError = 0;
  #owner: Owner | undefined;
  readonly #port: number;
  readonly #calls: Syscalls;
  readonly #epoll: Epoll;

  constructor(calls: Syscalls, epoll: Epoll, address: string, port: number, owner: Owner) {
    this.#port = port;
    this.#calls = calls;
    this.#epoll = epoll;
    this.#owner = owner;
    const error = this.#open(address);
    if (error < 0) {
      process.nextTick(() => {
        this.#fail(systemError(error));
      });
    }
  }

  write(bytes: Buffer): void {
    this.#unsent = bytes;
    this.#sendRest();
  }

  close(): void {
    this.#owner = undefined;
    if (this.#fd >= 0) this.#epoll.close(this.#fd);
    this.#fd = -1;
  }

  onReady(flags: number): void {
    if (!this.#isConnected) this.#onConnected((flags & EPOLLERR_OR_HUP) === 0 ? 0 : this.#calls.takeError(this.#fd));
    else this.#sendRest();
    if (this.#isConnected && (flags & READABLE) !== 0) this.#receive((flags & UNREAD) !== 0);
  }

  /** 0, or an error's number. */
  #open(address: string): number {
    const peer = address.includes(':') ? peer6 : peer4;
    if (!peer.set(this.#calls, address, this.#port)) return EINVAL;
    const fd = this.#calls.socket(peer.family, SOCK_STREAM, 0);
    if (fd < 0) return fd;
    this.#fd = fd;
    const connected = this.#calls.connect(fd, peer.bytes, peer.bytes.length);
    return connected < 0 && connected !== EINPROGRESS ? connected : this.#epoll.add(fd, this);
  }

  #onConnected(error: number): void {
    if (error < 0) this.#fail(systemError(error));
    else if (this.#isOwnEcho()) this.#fail(OWN_ECHO);
    else {
      this.#isConnected = true;
      this.#owner?.onConnect();
    }
  }

  #isOwnEcho(): boolean {
    this.#calls.getsockname(this.#fd, own);
    if (own.readUInt16BE(PORT_AT) !== this.#port) return false;
    this.#calls.getpeername(this.#fd, other);
    return own.compare(other, 0, lengthOf(other), 0, lengthOf(own)) === 0;
  }

  /** What the kernel has no room for now goes when it tells of room. */
  #sendRest(): void {
    if (this.#unsent === undefined) return;
    const sent = this.#calls.send(this.#fd, this.#unsent, this.#unsent.length);
    if (isPutOff(sent)) return;
    if (sent < 0) this.#sendError = sent;
    this.#unsent = sent < 0 || sent === this.#unsent.length ? undefined : this.#unsent.subarray(sent);
  }

  /** One piece, so that no target keeps all others waiting; what is left is told again. */
  #receive(mayStop: boolean): void {
    if (this.#fd < 0) return;
    const length = this.#calls.recv(this.#fd, sharedBuffer, sharedBuffer.length);
    if (length > 0) {
      this.#owner?.onBytes(sharedBuffer.subarray(0, length));
      const isMoreLeft = mayStop || length === sharedBuffer.length;
      if (isMoreLeft && this.#fd >= 0) this.#epoll.tellAgain(this.#fd, this);
    } else if (length === 0 && this.#sendError === 0) this.#take()?.onEnd();
    else if (!isPutOff(length)) this.#fail(systemError(length < 0 ? length : this.#sendError));
  }

  #fail(error: Error): void {
    this.#take()?.onError(error);
  }

  /** Closes, and returns who is still to be told why. */
  #take(): Owner | undefined {
    const owner = this.#owner;
    this.close();
    return owner;
  }
}

/**
 * Connections that are watched by `descriptor`, an epoll of nobody else's, which closes with them. By node:net where there are no calls,
 * or was no descriptor left.
 */
export const openConnections = (
  calls: Syscalls | undefined,
  descriptor: number = calls?.epollCreate() ?? -1,
): Connections => {
  if (calls === undefined || descriptor < 0) return netConnections;
  const epoll = new Epoll(calls, descriptor);
  return {
    connect: (address, port, owner) => new KernelConnection(calls, epoll, address, port, owner),
    [Symbol.dispose]: () => {
      epoll[Symbol.dispose]();
    },
  };
};
