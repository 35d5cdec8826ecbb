/** What one probe costs the daemon's process: everything that it does, by the number of probes that arrived. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { register } from '../../support/catalog.ts';
import { startDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import type { Figure, Measure } from '../measure.ts';
import { usageOf } from '../process-usage.ts';
import { openRig, type Rig } from '../rig.ts';

const SAMPLES = 5;
const TARGETS = 1_000;
const CHECKS_PER_NODE = 10;

/** First runs spread over an interval, code gets compiled, the first collections of garbage come. */
const WARM_UP_MS = 10_000;
const HELD_MS = 20_000;

/** Slow machines take their time to run everything once. */
const ALL_WITHIN_MS = 120_000;

/** One kind of probe: who is asked, and how many questions have arrived since the target was started. */
interface Kind {
  readonly name: string;
  readonly targetUs: number;
  readonly config?: string;
  register(rig: Rig): Promise<void>;
  arrived(rig: Rig): Promise<number>;
}

const registerChecks = async (rig: Rig, definition: (path: string) => Readonly<Record<string, string>>) => {
  for (let node = 0; node < TARGETS / CHECKS_PER_NODE; node += 1) {
    const checks = Array.from({ length: CHECKS_PER_NODE }, (_, index) => ({
      CheckID: `check-${index}`,
      Name: `Check ${index}`,
      Status: 'passing',
      Definition: { ...definition(`/many-${node}/${index}`), Interval: '1s', Timeout: '5s' },
    }));
    await register(rig.consul, { node: `many-${node}`, meta: { 'external-node': 'true' }, checks });
  }
};

/** Echo requests that this network namespace has been sent. */
const echoesArrived = async (): Promise<number> => {
  const [names = [], values = []] = (await readFile('/proc/net/snmp', 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('InEchos')]);
};

/** The group ids that may open the kernel's ICMP sockets; the first above the second: none. */
const mayPing = async (): Promise<boolean> => {
  const [first, last] = (await readFile('/proc/sys/net/ipv4/ping_group_range', 'utf8')).split(/\s+/).map(Number);
  return first !== undefined && last !== undefined && first <= last;
};

const HTTP: Kind = {
  name: 'HTTP check',
  targetUs: 140,
  register: (rig) => registerChecks(rig, (path) => ({ HTTP: rig.target.url + path })),
  arrived: ({ target }) => target.connections(),
};

const TCP: Kind = {
  name: 'TCP check',
  targetUs: 90,
  register: (rig) => registerChecks(rig, () => ({ TCP: new URL(rig.target.url).host })),
  arrived: ({ target }) => target.connections(),
};

const PING: Kind = {
  name: 'ping',
  targetUs: 80,
  config: 'node_probe_interval = "1s"\n',
  async register({ consul }) {
    const meta = { 'external-node': 'true', 'external-probe': 'true' };
    for (let node = 0; node < TARGETS; node += 1) await register(consul, { node: `many-${node}`, meta });
  },
  arrived: echoesArrived,
};

const measureKind = async (kind: Kind, tell: (progress: string) => void): Promise<Figure> => {
  await using rig = await openRig();
  const before = await kind.arrived(rig);
  await kind.register(rig);
  await using daemon = await startDaemon({ config: `http_addr = "${rig.consul.url}"\n${kind.config ?? ''}` });
  const haveAllRun = async (): Promise<boolean> => (await kind.arrived(rig)) - before >= TARGETS;
  await eventually(`${TARGETS} probes`, haveAllRun, { deadlineMs: ALL_WITHIN_MS });
  await pause(WARM_UP_MS);
  const samples: number[] = [];
  while (samples.length < SAMPLES) {
    tell(`${kind.name}: ${samples.length + 1}/${SAMPLES} of ${HELD_MS / 1_000} s`);
    const [usage, count] = [await usageOf(daemon.pid), await kind.arrived(rig)];
    await pause(HELD_MS);
    const [nextUsage, nextCount] = [await usageOf(daemon.pid), await kind.arrived(rig)];
    samples.push(((nextUsage.cpuMs - usage.cpuMs) * 1_000) / (nextCount - count));
  }
  await daemon.stop();
  const name = `processor time a probe, ${TARGETS} a second: ${kind.name}`;
  return { name, unit: 'µs', target: kind.targetUs, judgedBy: 'median', samples };
};

export const probe: Measure = {
  name: 'probe',
  about: '1,000 HTTP checks, TCP checks and pings a second: processor time of the daemon by each',
  async run(tell) {
    const figures = [await measureKind(HTTP, tell), await measureKind(TCP, tell)];
    if (await mayPing()) return [...figures, await measureKind(PING, tell)];
    tell('pings are left out: net.ipv4.ping_group_range lets nobody open an ICMP socket');
    return figures;
  },
};
