/** What a bystander can tell of a Consul: when which index was reached, and how many requests it was sent. */
import { Agent, get } from 'node:http';
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
  /** Questions answered so far. */
  readonly answered: number;
  /** When the checks of the catalog were first seen at this index or beyond; undefined: not yet. */
  reachedMs(index: number): number | undefined;
  /** Resolves once they have not changed for as long since the call. */
  untilQuiet(ms: number): Promise<void>;
}

/** Changes that come within it are told together, the first of them so much late at most. */
const REST_MS = 10;
/** How long Consul waits for a change. Far longer than anybody waits for quiet: a question that ends meanwhile would be counted or not. */
const WAIT_MS = 5_000;

/** By one connection that stays: `fetch` takes a millisecond and a half of each question, which the daemon would lack. */
const startAsking = (): { readonly ask: (url: string) => Promise<number>; readonly close: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (url: string): Promise<number> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (answer) => {
        const index = Number(answer.headers['x-consul-index'] ?? 0);
        answer.resume().on('end', () => {
          resolve(index);
        });
      }).on('error', reject);
    });
  return {
    ask,
    close: () => {
      agent.destroy();
    },
  };
};

/**
 * Waits for the index of all checks to move, and rests for a moment then. A list that is empty bears it too, and costs next to
 * nothing: no check of a bench is ever in the state asked for.
 */
export const watchIndex = (url: string): IndexWatch => {
  const seen: { readonly index: number; readonly atMs: number }[] = [];
  let answered = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    const { ask, close } = startAsking();
    while (!isOver) {
      const last = seen.at(-1)?.index ?? 0;
      const index = await ask(`${url}/v1/health/state/warning?index=${last}&wait=${WAIT_MS}ms`);
      answered += 1;
      if (index !== last) seen.push({ index, atMs: monotonicMs() });
      await pause(REST_MS);
    }
    close();
  };
  const over = watch();
  return {
    get answered() {
      return answered;
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
