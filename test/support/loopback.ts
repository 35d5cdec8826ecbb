/** What a fresh network namespace lacks. */
import { writeFileSync } from 'node:fs';
import koffi from 'koffi';

/** Root needs no user namespace, and in one it could not write to a checkout that belongs to somebody else. */
export const NAMESPACES = process.getuid?.() === 0 ? '-nm' : '-rnm';

/** Lets this user open ICMP datagram sockets, in the namespace only. A new namespace forbids them, and cannot go back to that. */
export const openPingGroups = (): void => {
  // In the user namespace that `unshare -r` makes, this user's group is 0 and there is no other.
  writeFileSync('/proc/sys/net/ipv4/ping_group_range', '0 0');
};

/** What `ip link set lo up` does, where there may be no `ip`. */
export const bringLoopbackUp = (): void => {
  const [AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, IFF_UP] = [2, 2, 0x8914, 1];
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int, int, int)') as (...numbers: number[]) => number; // safe: declared in that text
  const ioctl = libc.func('int ioctl(int, unsigned long, void *)') as (
    fd: number,
    order: number,
    data: Buffer,
  ) => number; // safe: likewise
  const request = Buffer.alloc(40);
  request.write('lo', 0);
  request.writeInt16LE(IFF_UP, 16);
  if (ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, request) !== 0) throw new Error('cannot bring lo up');
};
