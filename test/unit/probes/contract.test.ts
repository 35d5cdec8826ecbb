import type { Clock } from '../../../src/clock.ts';
import type { CatalogDefinition } from '../../../machines/model.ts';
import { systemStopwatch } from '../../../src/clock.ts';
import { netConnections } from '../../../src/probes/net-connection.ts';
import { createPinger } from '../../../src/probes/pinger.ts';
import type { ProberOptions } from '../../../src/probes/prober.ts';
import { runnable, testProber } from '../../support/probing.ts';
import {
  startHttpsTarget,
  startHttpTarget,
  startSilentTarget,
  startTcpTarget,
  startUnreachableTarget,
  type Target,
} from '../../support/targets.ts';
import { describeContract, type Aimed } from './contract.ts';

type Started = Pick<Target, 'port'> & Partial<Target> & AsyncDisposable;

/** A prober aimed at a target, by the definition that its port makes. */
const aim = async (
  clock: Clock,
  target: Promise<Started>,
  define: (port: number) => CatalogDefinition,
  options: Partial<ProberOptions> = {},
): Promise<Aimed> => {
  const started = await target;
  const prober = testProber({ clock, ...options });
  const definition = runnable(define(started.port));
  return {
    run: (timeoutMs, signal) => prober.run(definition, timeoutMs, signal),
    isUnderWay: () => started.isAsked ?? true,
    async [Symbol.asyncDispose]() {
      await prober[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
    },
  };
};

const http = (port: number): CatalogDefinition => ({ HTTP: `http://127.0.0.1:${port}/` });
const https = (port: number): CatalogDefinition => ({ HTTP: `https://127.0.0.1:${port}/`, TLSSkipVerify: true });
const tcp = (port: number): CatalogDefinition => ({ TCP: `127.0.0.1:${port}` });

const OVER = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const critical = (output: RegExp): object => ({
  type: 'measured',
  status: 'critical',
  output: { asymmetricMatch: (text: string) => output.test(text) },
});
const escaped = OVER.replace(/[().]/g, '\\$&');
const passing = { type: 'measured', status: 'passing' };

describeContract('HTTP', {
  answering: (clock) =>
    aim(
      clock,
      startHttpTarget((_request, response) => response.end('here')),
      http,
    ),
  answered: passing,
  silent: (clock) => aim(clock, startSilentTarget(), http),
  expired: critical(new RegExp(`^Get "http://127.0.0.1:\\d+/": ${escaped}$`)),
});

describeContract('HTTP, while it connects', {
  answering: (clock) =>
    aim(
      clock,
      startHttpTarget((_request, response) => response.end('here')),
      http,
    ),
  answered: passing,
  silent: (clock) => aim(clock, startUnreachableTarget(), http),
  expired: critical(new RegExp(`^Get "http://127.0.0.1:\\d+/": dial tcp 127.0.0.1:\\d+: ${escaped}$`)),
});

describeContract('HTTPS', {
  answering: (clock) =>
    aim(
      clock,
      startHttpsTarget('server', (_request, response) => response.end('here')),
      https,
    ),
  answered: passing,
  silent: (clock) => aim(clock, startSilentTarget(), https),
  expired: critical(new RegExp(`^Get "https://127.0.0.1:\\d+/": net/http: TLS handshake: ${escaped}$`)),
});

describeContract('TCP', {
  answering: (clock) =>
    aim(
      clock,
      startTcpTarget(() => undefined),
      tcp,
    ),
  answered: passing,
  silent: (clock) => aim(clock, startUnreachableTarget(), tcp),
  expired: critical(/^dial tcp 127\.0\.0\.1:\d+: i\/o timeout$/),
});

const byNet = { connections: netConnections };

describeContract('HTTP by node:net', {
  answering: (clock) =>
    aim(
      clock,
      startHttpTarget((_request, response) => response.end('here')),
      http,
      byNet,
    ),
  answered: passing,
  silent: (clock) => aim(clock, startSilentTarget(), http, byNet),
  expired: critical(new RegExp(`^Get "http://127.0.0.1:\\d+/": ${escaped}$`)),
});

describeContract('TCP by node:net', {
  answering: (clock) =>
    aim(
      clock,
      startTcpTarget(() => undefined),
      tcp,
      byNet,
    ),
  answered: passing,
  silent: (clock) => aim(clock, startUnreachableTarget(), tcp, byNet),
  expired: critical(/^dial tcp 127\.0\.0\.1:\d+: i\/o timeout$/),
});

const aimPing = async (clock: Clock, target: Promise<Started>): Promise<Aimed> => {
  const started = await target;
  const pinger = createPinger({ pingType: 'tcp', clock, stopwatch: systemStopwatch });
  return {
    run: (timeoutMs, signal) => pinger.ping({ address: '127.0.0.1', port: started.port }, timeoutMs, signal),
    isUnderWay: () => true,
    async [Symbol.asyncDispose]() {
      await pinger[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
    },
  };
};

describeContract('a ping by TCP', {
  answering: (clock) =>
    aimPing(
      clock,
      startTcpTarget(() => undefined),
    ),
  answered: { type: 'answered' },
  silent: (clock) => aimPing(clock, startUnreachableTarget()),
  expired: { type: 'silent' },
});
