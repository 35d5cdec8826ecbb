/** How a daemon asks targets: its prober and its pinger. */
import type { PingOutcome } from '../../../src/probes/ping.ts';
import type { Pinger } from '../../../src/probes/pinger.ts';
import type { ProbeOutcome } from '../../../src/probes/probe.ts';
import type { Prober } from '../../../src/probes/prober.ts';
import type { RunSignal } from '../../../src/run-signal.ts';
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

/** Asks a target, which is as it is when the question arrives; undefined: the signal came first. */
const visit = (asker: Asker, host: string, timeoutMs: number, signal: RunSignal): Promise<Health | undefined> =>
  new Promise((resolve) => {
    const { name, process, dice, targets } = asker;
    const target = targets.at(host);
    const sentAtMs = process.clock.now();
    const { health } = target;
    const end = (seen: Health | undefined): void => {
      signal.onAbort = undefined;
      if (seen !== undefined) target.noteVisit({ by: name, sentAtMs, health }, process.clock.now());
      resolve(seen);
    };
    signal.onAbort = () => {
      end(undefined);
    };
    process.comesIn(health === 'silent' ? timeoutMs : dice.between(QUICKEST_MS, SLOWEST_MS), () => {
      if (!signal.isAborted) end(health);
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
