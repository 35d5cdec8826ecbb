/** Opens the kernel's ICMP datagram socket, which needs no privilege but `net.ipv4.ping_group_range`. */
import { createSocket, type Socket } from 'node:dgram';
import { closeSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';
import { EsmError } from '../errors.ts';
import { createReadWait, type ReadWait } from './icmp-wait.ts';
import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK } from './syscalls.ts';

/** Linux' numbers, the same on every architecture Node runs on but MIPS. */
const FAMILY = { 4: AF_INET, 6: AF_INET6 } as const;
const IPPROTO_ICMP = { 4: 1, 6: 58 } as const;
const EACCES = 13;

/** Room for the answers of a thousand nodes that are pinged in one moment. */
const RECEIVE_BYTES = 1_024 * 1_024;

/** A socket of the kernel's, as dgram reads and writes it. */
export interface OpenIcmp {
  readonly socket: Socket;
  /** To be asked when dgram has just told of a packet. */
  readonly readWait: ReadWait;
}

const refusal = (reason: string, cause?: unknown): EsmError =>
  new EsmError('ESM_PROBE_UNSENT', `no ICMP socket: ${reason}`, { cause });

interface Descriptor {
  readonly fd: number;
  readonly libc: LibraryHandle;
}

/** A file descriptor, or the kernel's error number. Rejects when koffi is missing. */
const openDescriptor = async (family: 4 | 6): Promise<Descriptor | { errno: number }> => {
  const { default: koffi } = await import('koffi');
  const libc = koffi.load(null);
  const socket: (...numbers: number[]) => unknown = libc.func('int socket(int, int, int)');
  const fd = socket(FAMILY[family], SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP[family]);
  return typeof fd === 'number' && fd >= 0 ? { fd, libc } : { errno: koffi.errno() };
};

/** Lets dgram read and write the descriptor. */
const adopt = (family: 4 | 6, fd: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      // Addresses are numeric here; dgram would ask the resolver's thread pool all the same.
      lookup: (address, _options, callback) => {
        callback(null, address, family);
      },
    });
    socket.once('error', reject);
    socket.bind({ fd }, () => {
      socket.off('error', reject);
      socket.setRecvBufferSize(RECEIVE_BYTES);
      resolve(socket);
    });
  });

const adoptOrClose = async (family: 4 | 6, { fd, libc }: Descriptor): Promise<OpenIcmp> => {
  try {
    const readWait = createReadWait(libc, fd);
    return { socket: await adopt(family, fd), readWait };
  } catch (cause) {
    closeSync(fd);
    throw cause;
  }
};

/** A socket that sends and receives echo messages, or why there is none. */
export const openIcmpSocket = async (family: 4 | 6): Promise<OpenIcmp | EsmError> => {
  if (process.platform !== 'linux') return refusal(`not known on ${process.platform}`);
  try {
    const opened = await openDescriptor(family);
    if ('fd' in opened) return await adoptOrClose(family, opened);
    return refusal(opened.errno === EACCES ? 'net.ipv4.ping_group_range excludes this user' : `error ${opened.errno}`);
  } catch (cause) {
    return refusal(cause instanceof Error ? cause.message : String(cause), cause);
  }
};
