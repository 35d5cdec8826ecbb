/** How long an answer lay in the kernel before this process came to read it: time that is neither the node's nor the network's. */
import type { LibraryHandle } from 'koffi';

/** `_IOR(0x89, 7, struct __kernel_timespec)`: when the packet arrived that was read last. Linux 5.1 and later. */
const SIOCGSTAMPNS_NEW = 0x80108907;
const CLOCK_REALTIME = 0;
const [MS_PER_S, NS_PER_MS] = [1e3, 1e6];

/** Milliseconds that the packet read last has waited; 0 where the kernel does not tell. */
export type ReadWait = () => number;

/** For the socket of that descriptor, which must be open whenever it is asked. */
export const createReadWait = (libc: LibraryHandle, descriptor: number): ReadWait => {
  const ioctl = libc.func('int ioctl(int, unsigned long, void *)');
  const gettime = libc.func('int clock_gettime(int, void *)');
  const [arrived, now] = [new BigInt64Array(2), new BigInt64Array(2)]; // each a __kernel_timespec: seconds, nanoseconds
  const read = (): number => {
    if (ioctl(descriptor, SIOCGSTAMPNS_NEW, arrived) !== 0 || gettime(CLOCK_REALTIME, now) !== 0) return 0;
    const [seconds = 0n, nanoseconds = 0n] = arrived;
    const [nowSeconds = 0n, nowNanoseconds = 0n] = now;
    return Number(nowSeconds - seconds) * MS_PER_S + Number(nowNanoseconds - nanoseconds) / NS_PER_MS;
  };
  read(); // the first has the kernel begin to note when packets arrive
  return read;
};
