/** The kernel's calls for sockets and epoll, by koffi. Each returns what the kernel does: an error's number, negative, when it failed. */

import type koffiDefault from 'koffi';

type Koffi = typeof koffiDefault;

/** What was waited for, in the layout of `struct epoll_event`: per event 32 bits of flags, and 64 of the caller's. */
export type EpollEvents = Int32Array;

/** The size of an event and where the caller's bits begin, in elements; x86-64 packs it. */
export const EPOLL_EVENT = process.arch === 'x64' ? { size: 3, data: 1 } : { size: 4, data: 2 };

export interface Syscalls {
  socket(family: number, type: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  /** The address of the socket, and of the one that it is connected to, go to `address`. */
  getsockname(fd: number, address: Uint8Array): number;
  getpeername(fd: number, address: Uint8Array): number;
  /** Takes the error that the socket has met, or 0. */
  takeError(fd: number): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  recv(fd: number, bytes: Uint8Array, length: number): number;
  close(fd: number): number;
  /** 1: `address` holds the binary form of `text`. */
  parseAddress(family: number, text: string, address: Uint8Array): number;
  epollCreate(): number;
  epollControl(epoll: number, operation: number, fd: number, event: EpollEvents): number;
  /** Does not wait. */
  epollWait(epoll: number, events: EpollEvents, most: number): number;
  /** Calls when the descriptor can be read, until disposed of, which comes before it is closed. Keeps no process alive. */
  whenReadable(fd: number, call: () => void): Disposable;
}

/** Linux' numbers, the same on every architecture Node runs on but MIPS. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
const EPOLL_CLOEXEC = SOCK_CLOEXEC;
const SOL_SOCKET = 1;
const SO_ERROR = 4;

const bind = (koffi: Koffi): Syscalls => {
  const libc = koffi.load(null);
  const [length, value] = [new Uint32Array(1), new Int32Array(1)];
  /** A function of the C library's, whose -1 becomes the error's number. */
  const bound = (prototype: string): ((...args: readonly unknown[]) => number) => {
    // safe: all prototypes below return int or long, far below 2^53
    const call = libc.func(prototype) as unknown as (...args: readonly unknown[]) => number;
    return (...args) => {
      const result = call(...args);
      return result === -1 ? -koffi.errno() : result;
    };
  };
  const socket = bound('int socket(int, int, int)');
  const getname = (name: string): Syscalls['getsockname'] => {
    const call = bound(`int ${name}(int, void *, void *)`);
    return (fd, address) => {
      length[0] = address.length;
      return call(fd, address, length);
    };
  };
  const getsockopt = bound('int getsockopt(int, int, int, void *, void *)');
  const recv = bound('long recv(int, void *, ulong, int)');
  const epollCreate = bound('int epoll_create1(int)');
  const epollWait = bound('int epoll_wait(int, void *, int, int)');
  return {
    socket: (family, type) => socket(family, type, 0),
    connect: bound('int connect(int, void *, uint)'),
    getsockname: getname('getsockname'),
    getpeername: getname('getpeername'),
    takeError(fd) {
      length[0] = value.byteLength;
      const result = getsockopt(fd, SOL_SOCKET, SO_ERROR, value, length);
      return result === 0 ? -(value[0] ?? 0) : result;
    },
    send: bound('long send(int, void *, ulong, int)'),
    recv: (fd, bytes, most) => recv(fd, bytes, most, 0),
    close: bound('int close(int)'),
    parseAddress: bound('int inet_pton(int, str, void *)'),
    epollCreate: () => epollCreate(EPOLL_CLOEXEC),
    epollControl: bound('int epoll_ctl(int, int, int, void *)'),
    epollWait: (epoll, events, most) => epollWait(epoll, events, most, 0),
    whenReadable(fd, call) {
      const handle = koffi.node.poll(fd, { readable: true }, call);
      handle.unref();
      return {
        [Symbol.dispose]: () => {
          handle.close();
        },
      };
    },
  };
};

/** Undefined where koffi is missing, or the numbers of this program are not the kernel's. */
export const openSyscalls = async (): Promise<Syscalls | undefined> => {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined;
  try {
    return bind((await import('koffi')).default);
  } catch {
    return undefined;
  }
};
