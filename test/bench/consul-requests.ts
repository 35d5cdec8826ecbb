/** How many requests Consul has answered, as its own telemetry tells. */
import { setTimeout as pause } from 'node:timers/promises';
import type { TestConsul } from '../support/consul.ts';
import { monotonicMs } from '../support/monotonic.ts';

/** One of Consul's intervals of ten seconds. */
interface Telemetry {
  readonly Timestamp: string;
  readonly Samples: readonly { readonly Name: string; readonly Count: number }[] | null;
}

/** Consul sums up ten seconds and tells of the last that are over. */
const INTERVAL_MS = 10_000;
const LOOK_EVERY_MS = 2_000;

const HTTP = /\.http\.(?:GET|PUT|DELETE)\./;

/** Asked by the measure itself. */
const OWN = 'agent.metrics';

/** Requests to Consul a second, of everyone but the caller: a held one counts when it is answered. By their names. */
export const requestsPerSecond = async (consul: TestConsul, overMs: number): Promise<ReadonlyMap<string, number>> => {
  const intervals = new Map<string, Telemetry>();
  const endMs = monotonicMs() + overMs + INTERVAL_MS;
  let first: string | undefined;
  while (monotonicMs() < endMs) {
    // safe: what /v1/agent/metrics answers
    const telemetry = (await consul.get('/agent/metrics')) as Telemetry;
    first ??= telemetry.Timestamp;
    if (telemetry.Timestamp !== first) intervals.set(telemetry.Timestamp, telemetry);
    await pause(LOOK_EVERY_MS);
  }
  const counts = new Map<string, number>();
  const seconds = (intervals.size * INTERVAL_MS) / 1_000;
  for (const { Samples } of intervals.values()) {
    for (const { Name, Count } of Samples ?? []) {
      if (HTTP.test(Name) && !Name.includes(OWN)) counts.set(Name, (counts.get(Name) ?? 0) + Count / seconds);
    }
  }
  return counts;
};
