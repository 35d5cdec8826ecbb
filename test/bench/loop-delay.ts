/** The event-loop delay of the daemon under measure, looked at from within and without the daemon knowing. */
import type { TestDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

/** Runs in the daemon before its own program: each SIGUSR2 is answered by what was seen since the one before. */
const SPY = `
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('SIGUSR2', () => {
    const told = { p99Ms: delay.percentile(99) / 1e6, worstMs: delay.max / 1e6 };
    process.stderr.write('event-loop delay ' + JSON.stringify(told) + '\\n');
    delay.reset();
  });
`;

/** The environment of a daemon that is to be asked for its {@link LoopDelay}. */
export const WATCHED_LOOP = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SPY)}` };

export interface LoopDelay {
  readonly p99Ms: number;
  readonly worstMs: number;
}

const told = ({ stderr }: TestDaemon): readonly LoopDelay[] =>
  [...stderr.matchAll(/^event-loop delay (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as LoopDelay); // safe: the spy wrote it

/** The delay since the last call, or the daemon's start. */
export const loopDelayOf = async (daemon: TestDaemon): Promise<LoopDelay> => {
  const count = told(daemon).length;
  daemon.signal('SIGUSR2');
  return await eventually('the event-loop delay', () => told(daemon)[count]);
};
