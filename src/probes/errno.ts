/** The words of the operating system, as Go says them, and which of them are the daemon's own trouble. */
import { getSystemErrorName } from 'node:util';
import { EsmError } from '../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EAFNOSUPPORT: 'address family not supported by protocol',
  ECONNABORTED: 'software caused connection abort',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTDOWN: 'host is down',
  EHOSTUNREACH: 'no route to host',
  EINVAL: 'invalid argument',
  ENETDOWN: 'network is down',
  ENETUNREACH: 'network is unreachable',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  EPROTO: 'protocol error',
  ETIMEDOUT: 'connection timed out',
};

/** What a person can do when the machine refuses to send. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'let this program send: look for a firewall rule or a security module on this machine',
  EPERM: 'let this program send: look for a firewall rule or a security module on this machine',
  EMFILE: 'raise the limit of open files (LimitNOFILE= of the systemd unit, or ulimit -n)',
  ENFILE: 'raise the limit of open files of the machine (sysctl fs.file-max)',
  ENOBUFS: 'give the machine more memory for sockets (sysctl net.core.wmem_max, net.ipv4.tcp_mem)',
  ENOMEM: 'give the machine more memory',
  ENOSPC: 'let this user watch more descriptors (sysctl fs.epoll.max_user_watches)',
  EADDRNOTAVAIL:
    'give the machine an address and free ports to send from (sysctl net.ipv4.ip_local_port_range, or fewer checks of one target)',
};

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

/** The error of that number, which is negative, as Node tells it. */
export const systemError = (errno: number): Error => {
  const code = getSystemErrorName(errno);
  return Object.assign(new Error(code), { code });
};

/** What the operating system said, in Go's words: `connection refused`. */
export const errnoWords = (error: unknown): string => {
  const words = WORDS[codeOf(error)];
  return words ?? (error instanceof Error ? error.message : String(error));
};

/** The error to report when `error` means that nothing was sent for a reason of this machine; undefined when it does not. */
export const asUnsent = (error: unknown, target: string): EsmError | undefined => {
  const remedy = REMEDIES[codeOf(error)];
  if (remedy === undefined) return undefined;
  const message = `cannot send a probe to ${target}: ${errnoWords(error)} (${codeOf(error)}); ${remedy}`;
  return new EsmError('ESM_PROBE_UNSENT', message, { cause: error });
};
