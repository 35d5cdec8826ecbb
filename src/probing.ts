/** The daemon's prober: the main thread's, and the workers that `probe_workers` asks for. */
import type { Clock, Random } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Log } from './observe/log.ts';
import { openConnections } from './probes/kernel-connection.ts';
import { createProber, type Prober } from './probes/prober.ts';
import type { Resolver } from './probes/resolve.ts';
import { openSyscalls } from './probes/syscalls.ts';
import { createWorkerProber } from './probes/workers/worker-prober.ts';
import type { ProxyEnv } from './proxy.ts';
import { probeTls } from './settings.ts';

export interface ProbingDeps {
  readonly env: ProxyEnv;
  readonly clock: Clock;
  readonly random: Random;
  readonly resolver: Resolver;
  readonly log: Log;
}

export const createDaemonProber = async (
  config: Config,
  { env, clock, random, resolver, log }: ProbingDeps,
): Promise<Prober> => {
  const setup = { tls: probeTls(config), proxyEnv: { ...env } }; // process.env itself cannot be sent to a thread
  const calls = await openSyscalls();
  const local = createProber({ ...setup, clock, resolver, connections: openConnections(calls) });
  if (config.probeWorkers === 0) return local;
  return createWorkerProber({
    ...{ workers: config.probeWorkers, setup, local, clock, random, calls },
    onDeath: ({ reason, again, restMs }) => {
      log.error('A probe worker died; its probes are run again', { reason, probes: again, restMs: Math.round(restMs) });
    },
    onUnstarted: ({ reason, restMs }) => {
      log.error('A probe worker could not be started; the main thread probes in its place', {
        reason,
        restMs: Math.round(restMs),
      });
    },
  });
};
