/** What many checks cost: the start, memory, processor time, and requests to Consul. */
import { setTimeout as pause } from 'node:timers/promises';
import { requestsPerSecond } from '../consul-requests.ts';
import { ALL_WRITTEN_MS, openCrowd } from '../crowd.ts';
import type { Figure, Measure } from '../measure.ts';
import { usageOf } from '../process-usage.ts';

/**
 * The most memory that may be held, by the number of checks; 1,000 are what the cost of the others is held against. 50,000 are in
 * following.ts, at a longer interval.
 */
const SIZES: readonly { readonly checks: number; readonly targetMb?: number }[] = [
  { checks: 1_000 },
  { checks: 2_000, targetMb: 110 },
  { checks: 10_000, targetMb: 160 },
];

const INTERVAL_MS = 10_000;

/** Consul sums up its requests by ten seconds. */
const HELD_MS = 30_000;

const measure = async (size: (typeof SIZES)[number]): Promise<readonly Figure[]> => {
  const { checks, targetMb } = size;
  await using crowd = await openCrowd(checks, INTERVAL_MS);
  const { daemon, consul, target, startedMs, startDelay } = crowd;
  await pause(ALL_WRITTEN_MS);
  const [before, connections, beganMs] = [await usageOf(daemon.pid), await target.connections(), performance.now()];
  const requests = await requestsPerSecond(consul, HELD_MS);
  const seconds = (performance.now() - beganMs) / 1_000;
  const [after, probes] = [await usageOf(daemon.pid), (await target.connections()) - connections];
  const cpuUs = (after.cpuMs - before.cpuMs) * 1_000;
  const figure = (name: string, unit: Figure['unit'], sample: number, aim?: number): Figure => ({
    name: `${checks} checks at 10 s: ${name}`,
    unit,
    ...(aim === undefined ? {} : { target: aim }),
    judgedBy: 'worst',
    samples: [sample],
  });
  return [
    figure('start until all have run once', 'ms', startedMs, 1.2 * INTERVAL_MS),
    figure('event-loop delay meanwhile, 99th percentile', 'ms', startDelay.p99Ms, 50),
    figure('event-loop delay meanwhile, worst', 'ms', startDelay.worstMs),
    figure('most memory ever held', 'MB', after.peakMb, targetMb),
    figure('memory held at the end', 'MB', after.heldMb),
    figure('processor time a check and second', 'µs', cpuUs / seconds / checks),
    figure('processor time a probe', 'µs', cpuUs / probes),
    figure('probes a second', 'runs', probes / seconds),
    figure(
      'requests to Consul a second, nothing changing',
      'requests',
      [...requests.values()].reduce((a, b) => a + b, 0),
      2,
    ),
  ];
};

/** One measure a size: `scale-1000` and so on. */
export const scale: readonly Measure[] = SIZES.map((size) => ({
  name: `scale-${size.checks}`,
  about: `${size.checks} HTTP checks every 10 s: start, memory, processor time, requests to Consul`,
  run: () => measure(size),
}));
