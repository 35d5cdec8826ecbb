/**
 * What one probe costs the daemon's process: everything that it does, by the number of probes that arrived. Beside it what the same
 * exchange costs a process that does nothing else, against the same target at the same rate.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { register } from '../../support/catalog.ts';
import { startDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { icmpCount } from '../../support/icmp-counts.ts';
import { startBareSockets } from '../bare.ts';
import type { Figure, Measure } from '../measure.ts';
import { wherePingsMay } from '../own-network.ts';
import { usageOf } from '../process-usage.ts';
import { openRig, type Rig } from '../rig.ts';

const SAMPLES = 5;
const CHECKS_PER_NODE = 10;

/** First runs spread over an interval, code gets compiled, the first collections of garbage come. */
const WARM_UP_MS = 10_000;
const HELD_MS = 10_000;

/** Slow machines take their time to run everything once. */
const ALL_WITHIN_MS = 120_000;

/** One kind of probe: who is asked, and how many questions have arrived since the target was started. */
interface Kind {
  readonly name: string;
  readonly targetUs: number;
  readonly perSecond: number;
  /** The same exchange with nothing around it; undefined: there is none. */
  readonly bare: 'http' | 'tcp' | undefined;
  readonly config: string;
  register(rig: Rig): Promise<void>;
  arrived(rig: Rig): Promise<number>;
}

const registerChecks = async (
  rig: Rig,
  perSecond: number,
  definition: (path: string) => Readonly<Record<string, string>>,
): Promise<void> => {
  for (let node = 0; node < perSecond / CHECKS_PER_NODE; node += 1) {
    const checks = Array.from({ length: CHECKS_PER_NODE }, (_, index) => ({
      CheckID: `check-${index}`,
      Name: `Check ${index}`,
      Status: 'passing',
      Definition: { ...definition(`/many-${node}/${index}`), Interval: '1s', Timeout: '5s' },
    }));
    await register(rig.consul, { node: `many-${node}`, meta: { 'external-node': 'true' }, checks });
  }
};

const HTTP: Kind = {
  name: 'HTTP check',
  targetUs: 140,
  perSecond: 2_000,
  bare: 'http',
  config: '',
  register: (rig) => registerChecks(rig, 2_000, (path) => ({ HTTP: rig.target.url + path })),
  arrived: ({ target }) => target.connections(),
};

const TCP: Kind = {
  name: 'TCP check',
  targetUs: 90,
  perSecond: 2_000,
  bare: 'tcp',
  config: '',
  register: (rig) => registerChecks(rig, 2_000, () => ({ TCP: new URL(rig.target.url).host })),
  arrived: ({ target }) => target.connections(),
};

const PINGED_NODES = 1_000;

const PING: Kind = {
  name: 'ping',
  targetUs: 80,
  perSecond: PINGED_NODES,
  bare: undefined,
  config: 'node_probe_interval = "1s"\n',
  async register({ consul }) {
    const meta = { 'external-node': 'true', 'external-probe': 'true' };
    for (let node = 0; node < PINGED_NODES; node += 1) await register(consul, { node: `many-${node}`, meta });
  },
  arrived: () => Promise.resolve(icmpCount('InEchos')),
};

/** Processor time of a process, in microseconds by each question that arrived meanwhile. */
const sample = async (
  pid: number,
  kind: Kind,
  rig: Rig,
  say: (progress: string) => void,
): Promise<readonly number[]> => {
  const samples: number[] = [];
  while (samples.length < SAMPLES) {
    say(`${samples.length + 1}/${SAMPLES} of ${HELD_MS / 1_000} s`);
    const [usage, count] = [await usageOf(pid), await kind.arrived(rig)];
    await pause(HELD_MS);
    const [nextUsage, nextCount] = [await usageOf(pid), await kind.arrived(rig)];
    samples.push(((nextUsage.cpuMs - usage.cpuMs) * 1_000) / (nextCount - count));
  }
  return samples;
};

const sampleDaemon = async (rig: Rig, kind: Kind, say: (progress: string) => void): Promise<readonly number[]> => {
  const before = await kind.arrived(rig);
  await kind.register(rig);
  await using daemon = await startDaemon({ config: `http_addr = "${rig.consul.url}"\n${kind.config}` });
  const haveAllRun = async (): Promise<boolean> => (await kind.arrived(rig)) - before >= kind.perSecond;
  await eventually(`${kind.perSecond} probes`, haveAllRun, { deadlineMs: ALL_WITHIN_MS });
  await pause(WARM_UP_MS);
  const samples = await sample(daemon.pid, kind, rig, say);
  await daemon.stop();
  return samples;
};

const measureKind = async (kind: Kind, tell: (progress: string) => void): Promise<readonly Figure[]> => {
  await using rig = await openRig();
  const name = `processor time a probe, ${kind.perSecond} a second: ${kind.name}`;
  const samples = await sampleDaemon(rig, kind, (progress) => {
    tell(`${kind.name}: ${progress}`);
  });
  const figure: Figure = { name, unit: 'µs', target: kind.targetUs, judgedBy: 'median', samples };
  if (kind.bare === undefined) return [figure];
  await using bare = startBareSockets(kind.bare, rig.target.url, kind.perSecond);
  await pause(WARM_UP_MS);
  const bareSamples = await sample(bare.pid, kind, rig, (progress) => {
    tell(`bare socket: ${progress}`);
  });
  return [figure, { name: `${name}, bare socket`, unit: 'µs', judgedBy: 'median', samples: bareSamples }];
};

const measureOf = (name: string, kind: Kind): Measure => ({
  name,
  about: `${kind.perSecond} of ${kind.name} a second: processor time of the daemon by each`,
  run: (tell) => measureKind(kind, tell),
});

/** The three kinds of probe. */
export const probes: readonly Measure[] = [
  measureOf('probe-http', HTTP),
  measureOf('probe-tcp', TCP),
  wherePingsMay(measureOf('probe-ping', PING)),
];
