/** What a bystander can tell of a Consul: when which index was reached, and how many requests it was sent. */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { monotonicMs } from '../support/monotonic.ts';

/** What Consul must be told for {@link requestsOf}: it counts then, and forgets nothing for an hour. */
export const COUNTING = { telemetry: { prometheus_retention_time: '1h', disable_hostname: true } };

/** Requests answered so far, by method and path as Consul writes them. */
export const requestsOf = async (url: string): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(`${url}/v1/agent/metrics?format=prometheus`)).text();
  const counts = text.matchAll(/^consul_http_(?<request>\w+)_count (?<count>\d+)$/gm);
  return new Map([...counts].map(({ groups }) => [groups?.['request'] ?? '', Number(groups?.['count'])]));
};

/** How many more there are of each, without those that have not grown. */
export const grown = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map(
    [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const).filter(([, by]) => by > 0),
  );

export interface IndexWatch extends AsyncDisposable {
  /** Questions asked so far. */
  readonly asked: number;
  /** When the checks of the catalog were first seen at this index or beyond; undefined: not yet. */
  reachedMs(index: number): number | undefined;
  /** Resolves once they have not changed for as long since the call. */
  untilQuiet(ms: number): Promise<void>;
}

const EVERY_MS = 5;

/**
 * Looks at the index of all checks at short intervals. A list that is empty bears it too, and costs next to nothing: no check of
 * a bench is ever in the state asked for.
 */
export const watchIndex = (url: string): IndexWatch => {
  const seen: { readonly index: number; readonly atMs: number }[] = [];
  let asked = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      asked += 1;
      const answer = await fetch(`${url}/v1/health/state/warning`);
      await answer.arrayBuffer();
      const index = Number(answer.headers.get('x-consul-index'));
      if (index !== seen.at(-1)?.index) seen.push({ index, atMs: monotonicMs() });
      await pause(EVERY_MS);
    }
  };
  const over = watch();
  return {
    get asked() {
      return asked;
    },
    reachedMs: (index) => seen.find((sight) => sight.index >= index)?.atMs,
    async untilQuiet(ms) {
      const beganMs = monotonicMs();
      const quietMs = (): number => monotonicMs() - Math.max(beganMs, seen.at(-1)?.atMs ?? 0);
      await eventually('quiet checks', () => quietMs() > ms, { deadlineMs: 60_000 });
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await over;
    },
  };
};
