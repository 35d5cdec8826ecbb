/**
 * Answers HTTP requests that come in one piece, by the kernel's own calls: `node:net` takes two thirds of a processor for 6,000 connections
 * a second, and what is measured has to live on the rest.
 */
import koffi from 'koffi';
import { EPOLL_CTL_ADD, EPOLLIN } from '../../src/probes/epoll.ts';
import { PORT_AT, SocketAddress } from '../../src/probes/socket-address.ts';
import {
  AF_INET,
  EPOLL_EVENT,
  isPutOff,
  openSyscalls,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
} from '../../src/probes/syscalls.ts';

export interface KernelServer {
  readonly port: number;
  /** How many connections were made so far, whatever was said on them. */
  readonly connections: number;
}

/** Called with what was asked for; `answer` sends a whole response and hangs up, at any time. */
export type OnRequest = (path: string, answer: (response: Buffer) => void) => void;

const BACKLOG = 4_096;
const MOST_EVENTS = 256;
const REQUEST_BYTES = 16 * 1_024;
/** How long the kernel may wait for something to come before orders are looked for. */
const WAIT_MS = 5;

/** Listens on one port of all these addresses, for as long as the process lives, and does little else in it than wait for the kernel. */
export const startKernelServer = async (hosts: readonly string[], onRequest: OnRequest): Promise<KernelServer> => {
  const calls = await openSyscalls();
  if (calls === undefined) throw new Error('the target needs koffi, on Linux');
  const libc = koffi.load(null);
  const bound = (prototype: string): ((...args: readonly unknown[]) => number) => libc.func(prototype); // safe: all of these return int
  const bind = bound('int bind(int, void *, uint)');
  const listen = bound('int listen(int, int)');
  const accept = bound('int accept4(int, void *, void *, int)');
  const epollWait = bound('int epoll_wait(int, void *, int, int)');

  const epoll = calls.epollCreate();
  const event = new Int32Array(EPOLL_EVENT.size);
  const events = new Int32Array(MOST_EVENTS * EPOLL_EVENT.size);
  const request = Buffer.alloc(REQUEST_BYTES);
  const watch = (fd: number): void => {
    event[0] = EPOLLIN;
    event[EPOLL_EVENT.data] = fd;
    calls.epollControl(epoll, EPOLL_CTL_ADD, fd, event);
  };
  const address = new SocketAddress(AF_INET);
  const openListener = (host: string, port: number): number => {
    const fd = calls.socket(AF_INET, SOCK_STREAM, 0);
    address.set(calls, host, port);
    if (bind(fd, address.bytes, address.bytes.length) !== 0) throw new Error(`cannot bind to ${host}:${port}`);
    listen(fd, BACKLOG);
    watch(fd);
    return fd;
  };
  const portOf = (fd: number): number => {
    calls.getsockname(fd, address.bytes);
    return Buffer.from(address.bytes.buffer).readUInt16BE(PORT_AT);
  };
  let port = 0;
  const listeners = new Set<number>();
  for (const host of hosts) {
    const fd = openListener(host, port);
    listeners.add(fd);
    port = portOf(fd);
  }
  const server = { port, connections: 0 };
  /** Who has asked and waits, by descriptor: these are used again, so that each has a question of its own. */
  const asked = new Map<number, object>();

  const hangUp = (fd: number): void => {
    asked.delete(fd);
    calls.close(fd);
  };
  const read = (fd: number): void => {
    const length = calls.recv(fd, request, REQUEST_BYTES);
    if (isPutOff(length)) return;
    if (length <= 0) hangUp(fd);
    if (length <= 0 || asked.has(fd)) return;
    const question = {};
    asked.set(fd, question);
    onRequest(request.toString('latin1', 0, length).split(' ', 2)[1] ?? '', (response) => {
      if (asked.get(fd) !== question) return; // the daemon has hung up
      calls.send(fd, response, response.length);
      hangUp(fd);
    });
  };
  const acceptAll = (listener: number): void => {
    for (;;) {
      const fd = accept(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      server.connections += 1;
      watch(fd);
    }
  };
  const look = (): void => {
    const count = epollWait(epoll, events, MOST_EVENTS, WAIT_MS);
    for (let at = 0; at < count * EPOLL_EVENT.size; at += EPOLL_EVENT.size) {
      const fd = events[at + EPOLL_EVENT.data] ?? -1;
      if (listeners.has(fd)) acceptAll(fd);
      else read(fd);
    }
    setImmediate(look);
  };
  look();
  return server;
};
