/** The kernel's calls for sockets and epoll, by koffi. Each returns what the kernel does: an error's number, negative, when it failed. */
import type koffiDefault from 'koffi';

type Koffi = typeof koffiDefault;

/** What was waited for, in the layout of `struct epoll_event`: per event 32 bits of flags, and 64 of the caller's. */
export type EpollEvents = Int32Array;

/** `struct timespec`, whose lower halves are all that is needed until 2106: seconds at 0, nanoseconds at 2. */
export type Timespec = Uint32Array;

/** The size of an event and where the caller's bits begin, in elements; x86-64 packs it. */
export const EPOLL_EVENT = process.arch === 'x64' ? { size: 3, data: 1 } : { size: 4, data: 2 };

export interface Syscalls {
  /** Does not block, and is not inherited. */
  socket(family: number, type: number, protocol: number): number;
  connect(fd: number, address: Uint8Array, length: number): number;
  /** The address of the socket, and of the one that it is connected to, go to `address`. */
  getsockname(fd: number, address: Uint8Array): number;
  getpeername(fd: number, address: Uint8Array): number;
  /** Takes the error that the socket has met, or 0. */
  takeError(fd: number): number;
  send(fd: number, bytes: Uint8Array, length: number): number;
  sendTo(fd: number, bytes: Uint8Array, address: Uint8Array): number;
  recv(fd: number, bytes: Uint8Array, length: number): number;
  close(fd: number): number;
  setReceiveBuffer(fd: number, bytes: number): number;
  /** When the packet came that was read last; from the second question on. */
  arrivalOf(fd: number, time: Timespec): number;
  /** The clock that arrivals are told by. */
  realTime(time: Timespec): number;
  /** 1: `address` holds the binary form of `text`. */
  parseAddress(family: number, text: string, address: Uint8Array): number;
  /** 0: there is none of that name. */
  interfaceIndex(name: string): number;
  epollCreate(): number;
  epollControl(epoll: number, operation: number, fd: number, event: EpollEvents): number;
  /** Does not wait. */
  epollWait(epoll: number, events: EpollEvents, most: number): number;
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
const SO_RCVBUF = 8;
const MSG_NOSIGNAL = 0x4000;
/** The old one, which fills in a `struct timespec`: 64 bits each on the processors that this runs on, and known to every kernel. */
const SIOCGSTAMPNS = 0x8907;
const CLOCK_REALTIME = 0;

const EINTR = -4;
const EAGAIN = -11;
export const EACCES = -13;
export const EINVAL = -22;
export const ENOBUFS = -105;
export const EINPROGRESS = -115;

/** It was neither done nor refused: try again when the descriptor is ready. */
export const isPutOff = (result: number): boolean => result === EAGAIN || result === EINTR;

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
  const setsockopt = bound('int setsockopt(int, int, int, void *, uint)');
  const send = bound('long send(int, void *, ulong, int)');
  const sendto = bound('long sendto(int, void *, ulong, int, void *, uint)');
  const recv = bound('long recv(int, void *, ulong, int)');
  const ioctl = bound('int ioctl(int, ulong, void *)');
  const gettime = bound('int clock_gettime(int, void *)');
  const epollCreate = bound('int epoll_create1(int)');
  const epollWait = bound('int epoll_wait(int, void *, int, int)');
  return {
    socket: (family, type, protocol) => socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol),
    connect: bound('int connect(int, void *, uint)'),
    getsockname: getname('getsockname'),
    getpeername: getname('getpeername'),
    takeError(fd) {
      length[0] = value.byteLength;
      const result = getsockopt(fd, SOL_SOCKET, SO_ERROR, value, length);
      return result === 0 ? -(value[0] ?? 0) : result;
    },
    send: (fd, bytes, most) => send(fd, bytes, most, MSG_NOSIGNAL),
    sendTo: (fd, bytes, address) => sendto(fd, bytes, bytes.length, 0, address, address.length),
    recv: (fd, bytes, most) => recv(fd, bytes, most, 0),
    close: bound('int close(int)'),
    setReceiveBuffer(fd, bytes) {
      value[0] = bytes;
      return setsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, value.byteLength);
    },
    arrivalOf: (fd, time) => ioctl(fd, SIOCGSTAMPNS, time),
    realTime: (time) => gettime(CLOCK_REALTIME, time),
    parseAddress: bound('int inet_pton(int, str, void *)'),
    interfaceIndex: bound('uint if_nametoindex(str)'),
    epollCreate: () => epollCreate(EPOLL_CLOEXEC),
    epollControl: bound('int epoll_ctl(int, int, int, void *)'),
    epollWait: (epoll, events, most) => epollWait(epoll, events, most, 0),
  };
};

const open = async (): Promise<Syscalls | undefined> => {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined;
  try {
    return bind((await import('koffi')).default);
  } catch {
    return undefined;
  }
};

let opened: Promise<Syscalls | undefined> | undefined;

/** Undefined where koffi is missing, or the numbers of this program are not the kernel's. The same each time: koffi keeps what it has bound. */
export const openSyscalls = (): Promise<Syscalls | undefined> => (opened ??= open());
