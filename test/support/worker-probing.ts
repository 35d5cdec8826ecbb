/** Probers on worker threads for tests: real threads that run from source. */
import { BroadcastChannel } from 'node:worker_threads';
import { systemClock } from '../../src/clock.ts';
import type { Prober } from '../../src/probes/prober.ts';
import { createWorkerProber, type WorkerProberOptions } from '../../src/probes/workers/worker-prober.ts';
import { syscalls, testProber } from './probing.ts';

const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).href;

/** Lets a worker run TypeScript. */
export const FROM_SOURCE: readonly string[] = ['--import', fixture('from-source.mjs')];

export type Death = Parameters<WorkerProberOptions['onDeath']>[0];

const noDeath = ({ reason }: Death): void => {
  throw new Error(`a worker died: ${reason}`);
};

const noFailure = ({ reason }: { readonly reason: string }): void => {
  throw new Error(`a worker could not be started: ${reason}`);
};

/** One worker, unless told otherwise, that must start and not die. */
export const workerProber = (options: Partial<WorkerProberOptions> = {}): Prober =>
  createWorkerProber({
    workers: 1,
    setup: { tls: {}, proxyEnv: {} },
    local: testProber(),
    clock: systemClock,
    calls: syscalls,
    random: () => 0.5,
    onDeath: noDeath,
    onUnstarted: noFailure,
    execArgv: FROM_SOURCE,
    ...options,
  });

/** Fails every run: nothing may come to the main thread. */
export const noLocal: Prober = {
  run: () => Promise.reject(new Error('run by the main thread')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** What Node has to load so that a worker which finds the file `order` ends, or blocks for good. */
export const harm = (act: 'end' | 'block', order: string): string =>
  fixture(`harm-worker.mjs?act=${act}&order=${order}`);

/** Asks a worker that was started with `execArgv` how much it holds in buffers. */
export const watchKeptBytes = () => {
  const name = `kept-bytes-${process.pid}`;
  const channel = new BroadcastChannel(name);
  return {
    execArgv: [...FROM_SOURCE, '--import', fixture(`kept-bytes.mjs?channel=${name}`)],
    keptBytes: () =>
      new Promise<number>((resolve) => {
        channel.onmessage = ({ data }: { readonly data: unknown }) => {
          if (typeof data === 'number') resolve(data);
        };
        channel.postMessage('ask');
      }),
    close: () => {
      channel.close();
    },
  };
};
