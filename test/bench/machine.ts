/** What the figures were taken on. */
import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGb: number;
  readonly node: string;
  /** Processes that wanted to run in the last minute, before the first measure: anything but 0 is noise. */
  readonly loadBefore: number;
}

export const describeMachine = (): Machine => ({
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 1e9),
  node: process.version,
  loadBefore: loadavg()[0] ?? 0,
});
