/** How a daemon asks targets: its prober and its pinger. */
import type { PingOutcome } from '../../../src/probes/ping.ts';
import type { Pinger } from '../../../src/probes/pinger.ts';
import type { ProbeOutcome } from '../../../src/probes/probe.ts';
import type { Prober } from '../../../src/probes/prober.ts';
import type { Dice } from './dice.ts';
import type { Process } from './process.ts';
import type { Health, Targets } from './targets.ts';

/** Between question and answer. */
const [QUICKEST_MS, SLOWEST_MS] = [1, 20];

interface Asker {
  readonly name: string;
  readonly process: Process;
  readonly dice: Dice;
  readonly targets: Targets;
}

/** Whom to tell when a signal is aborted: one serves all runs of a check, and a listener of Node's for each would cost more than the run. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

const waitingFor = (signal: AbortSignal): Set<() => void> => {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  const told = new Set<() => void>();
  waiting.set(signal, told);
  signal.addEventListener('abort', () => {
    for (const tell of told) tell();
  });
  return told;
};

/** Asks a target, which is as it is when the question arrives; undefined: the signal came first. */
const visit = (asker: Asker, host: string, timeoutMs: number, signal: AbortSignal): Promise<Health | undefined> =>
  new Promise((resolve) => {
    const { name, process, dice, targets } = asker;
    const target = targets.at(host);
    const sentAtMs = process.clock.now();
    const { health } = target;
    const aborted = waitingFor(signal);
    const end = (seen: Health | undefined): void => {
      aborted.delete(onAbort);
      if (seen !== undefined) target.noteVisit({ by: name, sentAtMs, health }, process.clock.now());
      resolve(seen);
    };
    const onAbort = (): void => {
      end(undefined);
    };
    aborted.add(onAbort);
    process.comesIn(health === 'silent' ? timeoutMs : dice.between(QUICKEST_MS, SLOWEST_MS), () => {
      if (!signal.aborted) end(health);
    });
  });

export const simulatedProber = (asker: Asker): Prober => ({
  async run(definition, timeoutMs, signal): Promise<ProbeOutcome> {
    if (definition.type === 'invalid') return { type: 'measured', status: 'critical', output: definition.reason };
    const host = definition.type === 'http' ? definition.url.host : definition.host;
    const health = await visit(asker, host, timeoutMs, signal);
    if (health === undefined) return { type: 'aborted' };
    return { type: 'measured', status: health === 'silent' ? 'critical' : health, output: `is ${health}` };
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

export const simulatedPinger = (asker: Asker): Pinger => ({
  async ping({ address }, timeoutMs, signal): Promise<PingOutcome> {
    const health = await visit(asker, address, timeoutMs, signal);
    if (health === undefined) return { type: 'aborted' };
    if (health === 'passing') return { type: 'answered', rttMs: asker.dice.between(1, 3) };
    return { type: 'silent', detail: `is ${health}` };
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
