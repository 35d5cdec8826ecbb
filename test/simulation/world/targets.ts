/** What checks and pings ask: targets by host name, and how they answer now. */
import type { PingOutcome } from '../../../src/probes/ping.ts';
import type { Pinger } from '../../../src/probes/pinger.ts';
import type { ProbeOutcome } from '../../../src/probes/probe.ts';
import type { Prober } from '../../../src/probes/prober.ts';
import type { CheckStatus } from '../../../machines/model.ts';
import type { Dice } from './dice.ts';
import type { Process } from './process.ts';
import type { Timeline } from './timeline.ts';

/** `silent`: accepts, and never answers. */
export type Health = CheckStatus | 'silent';

/** When a daemon last asked, and was answered. */
export interface Visit {
  readonly by: string;
  readonly sentAtMs: number;
  readonly health: Health;
}

/** What a daemon found. */
export interface Result {
  readonly sentAtMs: number;
  readonly status: CheckStatus;
}

/** So many results of each daemon are kept: far more than any threshold needs. */
const MOST_RESULTS = 50;

const statusOf = (health: Health): CheckStatus => (health === 'silent' ? 'critical' : health);

export class Target {
  readonly #timeline: Timeline;
  readonly #results = new Map<string, Result[]>();
  #health: Health = 'passing';
  /** Since when it has been as it is. */
  sinceMs: number;
  /** The last visit of each daemon, by name. */
  readonly visits = new Map<string, Visit>();
  /** When each daemon last heard that it is well. */
  readonly wellMs = new Map<string, number>();
  /** When each daemon last sent what found it not well. */
  readonly failedSentMs = new Map<string, number>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    this.sinceMs = timeline.nowMs;
  }

  get health(): Health {
    return this.#health;
  }

  set health(health: Health) {
    if (health === this.#health) return;
    this.#health = health;
    this.sinceMs = this.#timeline.nowMs;
  }

  /** As a check should find it. */
  get status(): CheckStatus {
    return statusOf(this.#health);
  }

  /** The latest results of the daemon of that name, oldest first. */
  resultsOf(name: string): readonly Result[] {
    return this.#results.get(name) ?? [];
  }

  /** A daemon was answered, or waited in vain, at `atMs`. */
  noteVisit(visit: Visit, atMs: number): void {
    const { by, sentAtMs, health } = visit;
    this.visits.set(by, visit);
    if (health === 'passing') this.wellMs.set(by, atMs);
    else this.failedSentMs.set(by, sentAtMs);
    const results = this.#results.get(by) ?? [];
    results.push({ sentAtMs, status: statusOf(health) });
    if (results.length > MOST_RESULTS) results.shift();
    this.#results.set(by, results);
  }
}

export class Targets {
  readonly #timeline: Timeline;
  readonly #targets = new Map<string, Target>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Made when it is first spoken of. */
  at(host: string): Target {
    const known = this.#targets.get(host);
    if (known !== undefined) return known;
    const target = new Target(this.#timeline);
    this.#targets.set(host, target);
    return target;
  }
}

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
