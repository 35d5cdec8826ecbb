/** 50,000 checks: what it takes to take them up, how soon something new is probed, and what the changes of others cost. */
import { setTimeout as pause } from 'node:timers/promises';
import { deregister, register } from '../../support/catalog.ts';
import { monotonicMs } from '../../support/monotonic.ts';
import { ALL_WRITTEN_MS, openCrowd, type Crowd } from '../crowd.ts';
import type { Figure, Measure } from '../measure.ts';
import { usageOf } from '../process-usage.ts';
import { median, percentile } from '../statistics.ts';

const CHECKS = 50_000;

/** 833 probes a second leave the machine room for Consul, whose answers are what is measured here; 5,000 with an interval of 10 s would not. */
const INTERVAL_MS = 60_000;
const MOST_MB = 400;

const SAMPLES = 20;
const SETTLE_MS = 10_000;
const HELD_MS = 30_000;
const CHANGES_PER_SECOND = 10;

type Newcomer = 'node' | 'critical check' | 'passing check';

/** Registers something new; its check asks for `/new/<index>`. */
const add = async (crowd: Crowd, kind: Newcomer, index: number): Promise<() => Promise<unknown>> => {
  const path = `/new/${kind.replace(' ', '-')}/${index}`;
  const check = {
    CheckID: `new-${index}`,
    Name: `New ${index}`,
    Status: kind === 'critical check' ? 'critical' : 'passing',
    Definition: { HTTP: crowd.target.url + path, Interval: '60s', Timeout: '5s' },
  };
  const node = kind === 'node' ? `new-${index}` : `many-${(index * 37) % 5_000}`;
  await register(crowd.consul, {
    node,
    ...(kind === 'node' ? { meta: { 'external-node': 'true' } } : {}),
    checks: [check],
  });
  return () => deregister(crowd.consul, kind === 'node' ? { Node: node } : { Node: node, CheckID: check.CheckID });
};

const once = async (crowd: Crowd, kind: Newcomer, index: number): Promise<number> => {
  const path = `/new/${kind.replace(' ', '-')}/${index}`;
  await crowd.target.take();
  const sentMs = monotonicMs();
  const remove = await add(crowd, kind, index);
  const arrivals = await crowd.target.untilAsked([path], 60_000);
  await remove();
  await pause(1_000 + 3_000 * Math.random());
  return (arrivals[path]?.[0] ?? Number.NaN) - sentMs;
};

const discover = async (crowd: Crowd, kind: Newcomer, tell: (progress: string) => void): Promise<readonly Figure[]> => {
  const samples: number[] = [];
  while (samples.length < SAMPLES) samples.push(await once(crowd, kind, samples.length));
  tell(`${kind}: median ${Math.round(median(samples))} ms, ${samples.map(Math.round).join(' ')}`);
  const name = `registration of a ${kind} to first probe, ${CHECKS} checks in the catalog`;
  if (kind === 'passing check') return [{ name, unit: 'ms', target: 3_000, judgedBy: 'worst', samples }];
  return [
    { name, unit: 'ms', target: 500, judgedBy: 'median', samples },
    {
      name: `${name}, 99th percentile`,
      unit: 'ms',
      target: 1_500,
      judgedBy: 'worst',
      samples: [percentile(samples, 0.99)],
    },
  ];
};

/** Edits the notes of ten checks a second, each of another node, until `signal`. */
const edit = async ({ consul, target }: Crowd, signal: AbortSignal): Promise<void> => {
  for (let turn = 0; !signal.aborted; turn += 1) {
    const node = `many-${(turn * 17) % 5_000}`;
    const check = {
      CheckID: 'check-0',
      Name: 'Check 0',
      Status: 'passing',
      Notes: `edited ${turn}`,
      Definition: { HTTP: `${target.url}/${node}/0`, Interval: '60s', Timeout: '5s' },
    };
    await Promise.all([register(consul, { node, checks: [check] }), pause(1_000 / CHANGES_PER_SECOND)]);
  }
};

const cpuShare = async ({ daemon }: Crowd): Promise<number> => {
  const before = await usageOf(daemon.pid);
  await pause(HELD_MS);
  return (((await usageOf(daemon.pid)).cpuMs - before.cpuMs) / HELD_MS) * 100;
};

const follow = async (crowd: Crowd, tell: (progress: string) => void): Promise<Figure> => {
  const quietBefore = await cpuShare(crowd);
  const stopping = new AbortController();
  const editing = edit(crowd, stopping.signal);
  await pause(SETTLE_MS);
  const busy = await cpuShare(crowd);
  stopping.abort();
  await editing;
  await pause(SETTLE_MS);
  const quietAfter = await cpuShare(crowd);
  const quiet = (quietBefore + quietAfter) / 2;
  tell(`share of a core: ${[quietBefore, busy, quietAfter].map(Math.round).join(', ')} %, the second with changes`);
  const name = `${CHANGES_PER_SECOND} changes a second in ${CHECKS} checks: share of a core to follow them`;
  return { name, unit: '%', target: 15, judgedBy: 'worst', samples: [busy - quiet] };
};

const takenUp = async ({ daemon, startedMs, startDelay }: Crowd): Promise<readonly Figure[]> => {
  const { peakMb } = await usageOf(daemon.pid);
  const figure = (name: string, unit: Figure['unit'], sample: number, target?: number): Figure => ({
    name: `${CHECKS} checks at 60 s: ${name}`,
    ...{ unit, judgedBy: 'worst', samples: [sample] },
    ...(target === undefined ? {} : { target }),
  });
  return [
    figure('start until all have run once', 'ms', startedMs, 1.2 * INTERVAL_MS),
    figure('event-loop delay meanwhile, 99th percentile', 'ms', startDelay.p99Ms, 50),
    figure('event-loop delay meanwhile, worst', 'ms', startDelay.worstMs),
    figure('most memory ever held', 'MB', peakMb, MOST_MB),
  ];
};

export const following: Measure = {
  name: 'following',
  about:
    '50,000 checks in the catalog: start, memory, newcomers to their first probe, and the cost of changes by others',
  async run(tell) {
    await using crowd = await openCrowd(CHECKS, INTERVAL_MS);
    tell(`all have run once after ${Math.round(crowd.startedMs)} ms`);
    await pause(ALL_WRITTEN_MS);
    return [
      ...(await takenUp(crowd)),
      ...(await discover(crowd, 'node', tell)),
      ...(await discover(crowd, 'critical check', tell)),
      ...(await discover(crowd, 'passing check', tell)),
      await follow(crowd, tell),
    ];
  },
};
