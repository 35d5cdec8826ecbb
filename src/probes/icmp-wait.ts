/** How long an answer lay in the kernel before this process came to read it: time that is neither the node's nor the network's. */
import type { Syscalls, Timespec } from './syscalls.ts';

const [MS_PER_S, NS_PER_MS] = [1e3, 1e6];

/** Milliseconds that the packet read last has waited; 0 where the kernel does not tell. */
export type ReadWait = () => number;

/** For the socket of that descriptor, which must be open whenever it is asked. */
export const createReadWait = (calls: Syscalls, fd: number): ReadWait => {
  const arrived: Timespec = new Uint32Array(4);
  const now: Timespec = new Uint32Array(4);
  const read = (): number => {
    if (calls.arrivalOf(fd, arrived) !== 0 || calls.realTime(now) !== 0) return 0;
    const [seconds = 0, , nanoseconds = 0] = arrived;
    const [nowSeconds = 0, , nowNanoseconds = 0] = now;
    return (nowSeconds - seconds) * MS_PER_S + (nowNanoseconds - nanoseconds) / NS_PER_MS;
  };
  read(); // the first has the kernel begin to note when packets arrive
  return read;
};
