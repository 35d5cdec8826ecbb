/** What checks and pings ask: targets by host name, and how they answer now. */
import type { CheckStatus } from '../../../machines/model.ts';
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
  /** When it last ceased to be silent. */
  silentUntilMs = -Infinity;
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
    if (this.#health === 'silent') this.silentUntilMs = this.#timeline.nowMs;
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
