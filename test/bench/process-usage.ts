/** What a process of this machine has used, as Linux tells. */
import { readFile } from 'node:fs/promises';

/** The kernel counts processor time in hundredths of a second for everyone. */
const TICK_MS = 10;

export interface ProcessUsage {
  /** Processor time of all its threads since it began, in milliseconds. */
  readonly cpuMs: number;
  /** The most memory it ever held, in MB (of 1,000,000 bytes). */
  readonly peakMb: number;
  /** The memory that it holds now, in the same. */
  readonly heldMb: number;
}

/** Rejects when there is no such process, or no /proc. */
export const usageOf = async (pid: number): Promise<ProcessUsage> => {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  const [userTicks, systemTicks] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  const megabytes = (field: string): number =>
    (Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1_024) / 1e6;
  const cpuMs = (Number(userTicks) + Number(systemTicks)) * TICK_MS;
  return { cpuMs, peakMb: megabytes('VmHWM'), heldMb: megabytes('VmRSS') };
};
