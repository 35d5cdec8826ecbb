/** Opens the kernel's ICMP datagram socket, which needs no privilege but `net.ipv4.ping_group_range`. */
import { EsmError } from '../errors.ts';
import { AF_INET, AF_INET6, EACCES, openSyscalls, SOCK_DGRAM, type Syscalls } from './syscalls.ts';

/** The kernel's numbers of the families. */
export const FAMILY = { 4: AF_INET, 6: AF_INET6 } as const;
const IPPROTO_ICMP = { 4: 1, 6: 58 } as const;

/** Room for the answers of a thousand nodes that are pinged in one moment. */
const RECEIVE_BYTES = 1_024 * 1_024;

export interface OpenIcmp {
  readonly calls: Syscalls;
  /** The receiver's to close. */
  readonly fd: number;
}

const refusal = (reason: string): EsmError => new EsmError('ESM_PROBE_UNSENT', `no ICMP socket: ${reason}`);

/** A socket that sends and receives echo messages, or why there is none. */
export const openIcmpSocket = async (family: 4 | 6): Promise<OpenIcmp | EsmError> => {
  const calls = await openSyscalls();
  if (calls === undefined)
    return refusal(`koffi cannot be loaded, or not known on ${process.platform} ${process.arch}`);
  const fd = calls.socket(FAMILY[family], SOCK_DGRAM, IPPROTO_ICMP[family]);
  if (fd === EACCES) return refusal('net.ipv4.ping_group_range excludes this user');
  if (fd < 0) return refusal(`error ${-fd}`);
  calls.setReceiveBuffer(fd, RECEIVE_BYTES);
  return { calls, fd };
};
