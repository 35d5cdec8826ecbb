/** Two thousand HTTP checks at the shortest interval, held for a while. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Figure, Measure } from '../measure.ts';
import { usageOf } from '../process-usage.ts';
import { openRig, registerCatalog } from '../rig.ts';
import { rhythmOf } from '../rhythm.ts';
import { percentile, worst } from '../statistics.ts';

const RUNS = 3;
const CHECKS = 2_000;
const INTERVAL_MS = 1_000;

/** First runs spread over an interval, code gets compiled, the first collections of garbage come. */
const WARM_UP_MS = 10_000;
const HELD_MS = 30_000;

interface Held {
  readonly lagP99Ms: number;
  readonly lagWorstMs: number;
  readonly missed: number;
  readonly peakMb: number;
  readonly cpuPerProbeUs: number;
}

const hold = async (): Promise<Held> => {
  await using rig = await openRig();
  const paths = await registerCatalog(rig, CHECKS, '1s');
  await using daemon = await rig.startDaemon();
  await rig.target.untilAsked(paths);
  await pause(WARM_UP_MS);
  await rig.target.take();
  const before = await usageOf(daemon.pid);
  await pause(HELD_MS);
  const { cpuMs, peakMb } = await usageOf(daemon.pid);
  const arrivals = Object.values(await rig.target.take());
  const rhythms = arrivals.map((times) => rhythmOf(times, INTERVAL_MS));
  const lagsMs = rhythms.flatMap((rhythm) => rhythm.lagsMs);
  const silent = CHECKS - arrivals.length;
  return {
    lagP99Ms: percentile(lagsMs, 0.99),
    lagWorstMs: worst(lagsMs),
    missed: rhythms.reduce((sum, { missed }) => sum + missed, silent),
    peakMb,
    cpuPerProbeUs: ((cpuMs - before.cpuMs) * 1_000) / lagsMs.length,
  };
};

export const load: Measure = {
  name: 'load',
  about: '2,000 HTTP checks at intervals of 1 s: lateness, memory, processor time',
  async run(tell) {
    const runs: Held[] = [];
    while (runs.length < RUNS) {
      tell(`run ${runs.length + 1}/${RUNS} of ${(WARM_UP_MS + HELD_MS) / 1_000} s`);
      runs.push(await hold());
    }
    const figure = (name: string, unit: Figure['unit'], of: keyof Held, target?: number): Figure => ({
      name: `2,000 checks at 1 s: ${name}`,
      unit,
      ...(target === undefined ? {} : { target }),
      judgedBy: 'median',
      samples: runs.map((run) => run[of]),
    });
    return [
      figure('lag, 99th percentile', 'ms', 'lagP99Ms', 250),
      figure('lag, worst of all', 'ms', 'lagWorstMs'),
      figure('ticks without a probe', 'runs', 'missed', 0),
      figure('most memory held', 'MB', 'peakMb', 180),
      figure('processor time a probe', 'µs', 'cpuPerProbeUs'),
    ];
  },
};
