/** The target process as the measures see it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';

/** Where the target listens, on one port: connections to one address have but 28,000 ports to come from. */
export const TARGET_HOSTS = Array.from({ length: 16 }, (_, index) => `127.0.0.${index + 1}`);

/** Requests by path, each at its monotonic time in milliseconds. */
export type TargetArrivals = Readonly<Record<string, readonly number[]>>;

/**
 * What the process is told: hand the arrivals over and forget them; count connections; count the paths that have arrived; answer
 * nobody until told how; answer 503 from now on; answer 200 again.
 */
export type TargetOrder = 'take' | 'count' | 'paths' | 'hold' | 'fail' | 'heal';
export type TargetReply =
  | { readonly port: number }
  | { readonly arrivals: TargetArrivals }
  | { readonly connections: number }
  | { readonly paths: number };

export interface Target extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** What has arrived since the last call. */
  take(): Promise<TargetArrivals>;
  /** How many connections it has taken so far, whatever was said on them. */
  connections(): Promise<number>;
  /** How many different paths have been asked for since the last `take`. */
  paths(): Promise<number>;
  /** Keeps all who ask from now on waiting, until `become`. */
  hold(): Promise<void>;
  /** Resolves when every later answer says so, and those who were kept waiting have theirs. */
  become(state: 'well' | 'ill'): Promise<void>;
  /** Resolves to what has arrived, once every path of `paths` is among it; what arrived before the call counts too. */
  untilAsked(paths: readonly string[], deadlineMs?: number): Promise<TargetArrivals>;
}

const PROGRAM = fileURLToPath(new URL('target-process.ts', import.meta.url));

export const startTarget = async (): Promise<Target> => {
  const child = fork(PROGRAM);
  const ended = once(child, 'exit');
  const nextReply = async (): Promise<TargetReply> => (await once(child, 'message'))[0] as TargetReply; // safe: it sends nothing else
  const ask = async (text: TargetOrder): Promise<TargetReply> => {
    const replied = nextReply();
    child.send(text);
    return await replied;
  };
  const order = async (text: TargetOrder): Promise<TargetArrivals> => {
    const reply = await ask(text);
    return 'arrivals' in reply ? reply.arrivals : {};
  };
  const first = await nextReply();
  return {
    url: `http://127.0.0.1:${'port' in first ? first.port : 0}`,
    take: () => order('take'),
    async connections() {
      const reply = await ask('count');
      return 'connections' in reply ? reply.connections : 0;
    },
    async paths() {
      const reply = await ask('paths');
      return 'paths' in reply ? reply.paths : 0;
    },
    async hold() {
      await order('hold');
    },
    async become(state) {
      await order(state === 'well' ? 'heal' : 'fail');
    },
    async untilAsked(paths, deadlineMs = 20_000) {
      const seen: Record<string, readonly number[]> = {};
      const look = async (): Promise<TargetArrivals | undefined> => {
        for (const [path, times] of Object.entries(await order('take'))) seen[path] = [...(seen[path] ?? []), ...times];
        return paths.every((path) => path in seen) ? seen : undefined;
      };
      return await eventually(`a probe of ${paths.length} targets`, look, { deadlineMs });
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
};
