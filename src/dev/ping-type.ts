/** Which way of pinging works on this machine. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** `udp` where the kernel gives this user an ICMP socket or a `ping` program does the work, else `tcp`. */
export const choosePingType = async (): Promise<'udp' | 'tcp'> =>
  (await hasIcmpSockets()) || (await canRunPing()) ? 'udp' : 'tcp';

async function hasIcmpSockets(): Promise<boolean> {
  const range = await readFile('/proc/sys/net/ipv4/ping_group_range', 'utf8').catch(() => '1 0');
  const [lowest = 1, highest = 0] = range.trim().split(/\s+/).map(Number);
  return [process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])].some((gid) => gid >= lowest && gid <= highest);
}

const canRunPing = (): Promise<boolean> =>
  promisify(execFile)('ping', ['-c', '1', '-W', '1', '127.0.0.1']).then(
    () => true,
    () => false,
  );
