/** One daemon and a Consul in memory on a virtual clock, with targets that answer otherwise each time they are asked. */
import { resolve } from '../../src/config/resolve.ts';
import { createDaemon, type Daemon } from '../../src/daemon.ts';
import type { Log } from '../../src/observe/log.ts';
import type { Pinger } from '../../src/probes/pinger.ts';
import type { Prober } from '../../src/probes/prober.ts';
import { ConsulServer } from '../simulation/world/consul-server.ts';
import { createDice } from '../simulation/world/dice.ts';
import { outsideOfPromises } from '../simulation/world/drain.ts';
import { Link } from '../simulation/world/link.ts';
import { planesOver } from '../simulation/world/planes.ts';
import { Process } from '../simulation/world/process.ts';
import { Timeline } from '../simulation/world/timeline.ts';

/** Every fourth check would have its service removed if it stayed ill: its clock in KV comes and goes with each change. */
const DEADLINE_EACH = 4;

/** Targets answer together, at multiples of this: so the statuses change in crowds, as in an outage. */
const TOGETHER_MS = 5_000;

const INTERVAL = '10s';

/** Of the virtual world between two looks of the real event loop, which lets go of what the program has let go of. */
const STEPS_PER_TURN = 2_000;

export interface Flapping extends AsyncDisposable {
  /** Status changes committed so far, of checks and nodes, as the daemon tells them. */
  readonly changes: number;
  /** Virtual milliseconds since the start. */
  readonly elapsedMs: number;
  /** Lets virtual time pass until so many changes are committed. */
  until(changes: number): Promise<void>;
}

const settings = { settings: new Map(), isTls: false, problems: [], httpAuth: undefined, tlsSkipVerify: false };

/** Tells the answer when the crowd's time has come; to a signal that was aborted meanwhile nobody listens. */
const answering = (process: Process): (() => Promise<void>) => {
  return () =>
    new Promise((answer) => {
      process.comesIn(TOGETHER_MS - (process.clock.now() % TOGETHER_MS), answer);
    });
};

/** Is it well this time? */
const alternating = (): ((name: string) => boolean) => {
  const well = new Map<string, boolean>();
  return (name) => {
    const isWell = !(well.get(name) ?? true);
    well.set(name, isWell);
    return isWell;
  };
};

const flappingProber = (answer: () => Promise<void>): Prober => {
  const isWell = alternating();
  let asked = 0;
  return {
    async run(definition, _timeoutMs, signal) {
      await answer();
      if (signal.isAborted || definition.type !== 'http') return { type: 'aborted' };
      asked += 1;
      const { host, target } = definition.url;
      const status = isWell(host + target) ? 'passing' : 'critical';
      return { type: 'measured', status, output: `HTTP GET http://${host}${target}: ${status}, request ${asked}` };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const flappingPinger = (answer: () => Promise<void>): Pinger => {
  const isWell = alternating();
  return {
    async ping({ address }, _timeoutMs, signal) {
      await answer();
      if (signal.isAborted) return { type: 'aborted' };
      return isWell(address) ? { type: 'answered', rttMs: 1 } : { type: 'silent', detail: 'no answer' };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const populate = (server: ConsulServer, nodes: number, checksPerNode: number): void => {
  for (let node = 0; node < nodes; node += 1) {
    const name = `node-${node}`;
    const Checks = Array.from({ length: checksPerNode }, (_, check) => ({
      ...{ Node: name, CheckID: `check-${check}`, Name: `Check ${check}`, ServiceID: 'web', Status: 'passing' },
      Definition: {
        ...{ HTTP: `http://${name}/${check}`, Interval: INTERVAL, Timeout: '5s' },
        ...(check % DEADLINE_EACH === 0 ? { DeregisterCriticalServiceAfter: '1h' } : {}),
      },
    }));
    const NodeMeta = { 'external-node': 'true', 'external-probe': 'true' };
    const Service = { ID: 'web', Service: 'web', Port: 80 };
    server.write('/catalog/register', { Node: name, Address: name, NodeMeta, Service, Checks });
  }
};

const counting = (onChange: () => void): Log => {
  const nothing = (): void => undefined;
  const tell = (message: string): void => {
    if (/^Check '.*' is now /.test(message) || /^Node '.*' is now /.test(message)) onChange();
  };
  const shout = (message: string, fields?: object): void => {
    throw new Error(`the daemon complains: ${message} ${JSON.stringify(fields)}`);
  };
  return { trace: nothing, debug: nothing, info: tell, warn: nothing, error: shout };
};

export const startFlapping = async (nodes: number, checksPerNode: number): Promise<Flapping> => {
  const startMs = Date.UTC(2024, 0, 1);
  const [dice, timeline] = [createDice(1), new Timeline(1, startMs)];
  const server = new ConsulServer(timeline, dice.fork('consul'));
  const process = new Process(timeline, 1);
  populate(server, nodes, checksPerNode);
  let changes = 0;
  const answer = answering(process);
  const daemon: Daemon = await createDaemon(
    { ...resolve(new Map(), settings, () => 'soak') },
    {
      log: counting(() => (changes += 1)),
      ...{ env: {}, clock: process.clock, stopwatch: () => process.clock.now() },
      ...{ random: dice.random, newId: () => dice.newId() },
      planes: planesOver(new Link('soak', process, timeline, server, dice.fork('link'))),
      ...{ prober: flappingProber(answer), pinger: flappingPinger(answer) },
    },
  );
  void daemon.start();
  const step = (wanted: number): void => {
    for (let steps = 0; steps < STEPS_PER_TURN && changes < wanted; steps += 1) timeline.step(Infinity);
  };
  return {
    get changes() {
      return changes;
    },
    get elapsedMs() {
      return timeline.nowMs - startMs;
    },
    async until(wanted) {
      while (changes < wanted)
        await outsideOfPromises(() => {
          step(wanted);
        });
    },
    async [Symbol.asyncDispose]() {
      process.kill();
      await daemon[Symbol.asyncDispose]();
    },
  };
};
