/** How many HTTP checks a second one instance holds, its target on the same machine. */
import { setTimeout as pause } from 'node:timers/promises';
import { register } from '../../support/catalog.ts';
import { startDaemon } from '../../support/daemon.ts';
import type { Figure, Measure } from '../measure.ts';
import { usageOf } from '../process-usage.ts';
import { rhythmOf } from '../rhythm.ts';
import { openRig, pathsOf, type CheckedNode, type Rig } from '../rig.ts';
import { percentile } from '../statistics.ts';
import { TARGET_HOSTS } from '../target.ts';

/** Checks at 1 s: as many probes a second. */
const LADDER = [2_000, 4_000, 6_000, 8_000];
const CHECKS_PER_NODE = 100;
const INTERVAL_MS = 1_000;
const WARM_UP_MS = 12_000;
const HELD_MS = 15_000;
const ALL_WITHIN_MS = 60_000;

/** Held: nearly every tick had its probe, nearly all of them in time. */
const LATEST_P99_MS = 250;
const MOST_MISSED = 0.001;

const nodeAt = (index: number): CheckedNode => ({ node: `many-${index}`, count: CHECKS_PER_NODE, interval: '1s' });

/** Brings the catalog from `from` checks to `to`, spread over the target's addresses. */
const grow = async ({ consul, target }: Rig, from: number, to: number): Promise<void> => {
  const { port } = new URL(target.url);
  for (let index = from / CHECKS_PER_NODE; index < to / CHECKS_PER_NODE; index += 1) {
    const checks = pathsOf(nodeAt(index)).map((path, number) => ({
      CheckID: `check-${number}`,
      Name: `Check ${number}`,
      Status: 'passing',
      Definition: {
        HTTP: `http://${TARGET_HOSTS[number % TARGET_HOSTS.length] ?? ''}:${port}${path}`,
        Interval: '1s',
        Timeout: '5s',
      },
    }));
    await register(consul, { node: nodeAt(index).node, meta: { 'external-node': 'true' }, checks });
  }
};

interface Rung {
  readonly lagP99Ms: number;
  readonly missedShare: number;
  readonly cpuPerProbeUs: number;
  readonly peakMb: number;
}

/** One daemon at one rate. */
const hold = async (rig: Rig, perSecond: number, workers: string): Promise<Rung> => {
  const config = `http_addr = "${rig.consul.url}"\nprobe_workers = ${workers}\n`;
  await using daemon = await startDaemon({ config });
  const nodes = Array.from({ length: perSecond / CHECKS_PER_NODE }, (_, index) => nodeAt(index));
  await rig.target.untilAsked(nodes.flatMap(pathsOf), ALL_WITHIN_MS);
  await pause(WARM_UP_MS);
  await rig.target.take();
  const before = await usageOf(daemon.pid);
  await pause(HELD_MS);
  const after = await usageOf(daemon.pid);
  const arrivals = Object.values(await rig.target.take());
  const rhythms = arrivals.map((times) => rhythmOf(times, INTERVAL_MS));
  const lagsMs = rhythms.flatMap((rhythm) => rhythm.lagsMs);
  const due = (perSecond * HELD_MS) / INTERVAL_MS;
  const missed = rhythms.reduce((sum, rhythm) => sum + rhythm.missed, Math.max(0, due - lagsMs.length - perSecond));
  return {
    lagP99Ms: percentile(lagsMs, 0.99),
    missedShare: missed / due,
    cpuPerProbeUs: ((after.cpuMs - before.cpuMs) * 1_000) / lagsMs.length,
    peakMb: after.peakMb,
  };
};

const isHeld = ({ lagP99Ms, missedShare }: Rung): boolean => lagP99Ms < LATEST_P99_MS && missedShare <= MOST_MISSED;

const climb = async (workers: string, targetPerSecond: number, tell: (progress: string) => void): Promise<Figure[]> => {
  await using rig = await openRig();
  let best: { perSecond: number; rung: Rung } | undefined;
  let registered = 0;
  for (const perSecond of LADDER) {
    await grow(rig, registered, perSecond);
    registered = perSecond;
    const rung = await hold(rig, perSecond, workers);
    const { lagP99Ms, missedShare, cpuPerProbeUs, peakMb } = rung;
    const lateness = `lag p99 ${lagP99Ms.toFixed(0)} ms, ${(missedShare * 100).toFixed(2)} % missed`;
    tell(`${perSecond} a second: ${lateness}, ${cpuPerProbeUs.toFixed(0)} µs a probe, ${peakMb.toFixed(0)} MB`);
    if (!isHeld(rung)) break;
    best = { perSecond, rung };
  }
  const name = `probe_workers = ${workers}: `;
  const plain = { judgedBy: 'median' } as const;
  return [
    {
      ...plain,
      name: `${name}probes a second held`,
      unit: 'a second',
      target: targetPerSecond,
      isFloor: true,
      samples: [best?.perSecond ?? 0],
    },
    { ...plain, name: `${name}lag there, 99th percentile`, unit: 'ms', samples: [best?.rung.lagP99Ms ?? Number.NaN] },
    { ...plain, name: `${name}processor time a probe`, unit: 'µs', samples: [best?.rung.cpuPerProbeUs ?? Number.NaN] },
    { ...plain, name: `${name}most memory held`, unit: 'MB', samples: [best?.rung.peakMb ?? Number.NaN] },
  ];
};

const measureOf = (name: string, workers: string, targetPerSecond: number): Measure => ({
  name: `rate-${name}`,
  about: `the highest of ${LADDER.join(', ')} probes a second that is held with probe_workers = ${workers}`,
  run: (tell) => climb(workers, targetPerSecond, tell),
});

export const rates: readonly Measure[] = [
  measureOf('0', '0', 4_000),
  measureOf('1', '1', 6_000),
  measureOf('auto', '"auto"', 6_000),
];
