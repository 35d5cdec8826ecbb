/** Runs any definition by the probe it asks for. */
import type { Clock } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { ProxyEnv } from '../proxy.ts';
import type { RunSignal } from '../run-signal.ts';
import type { Connections } from './connection.ts';
import { createHttpProbe } from './http.ts';
import { netConnections } from './net-connection.ts';
import { measured } from './output.ts';
import type { ProbeOutcome, RunnableDefinition } from './probe.ts';
import { createResolver, type Resolver } from './resolve.ts';
import { readSecureContext, type ProbeTlsFiles } from './secure.ts';
import { createTcpProbe } from './tcp.ts';

export interface ProberOptions {
  readonly tls: ProbeTlsFiles;
  /** HTTP_PROXY and its kin, SSL_CERT_FILE and SSL_CERT_DIR. */
  readonly proxyEnv: ProxyEnv;
  readonly clock: Clock;
  /** Shared with the pinger; the prober's own when not given. */
  readonly resolver?: Resolver;
  /** What plain connections to one address are made by; node:net when not given. Disposed of with the prober. */
  readonly connections?: Connections;
}

/** Runs checks. One per process: the trusted authorities and the look-ups are shared among all runs. */
export interface Prober extends AsyncDisposable {
  /**
   * Asks the target once. Never rejects; `signal`, which no other run may have, ends the run with `aborted`. `timeoutMs` is exact to 50 ms.
   */
  run(definition: RunnableDefinition, timeoutMs: number, signal: RunSignal): Promise<ProbeOutcome>;
}

const ownFailure = (cause: unknown): ProbeOutcome => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', `a probe failed by itself: ${reason}`, { cause }) };
};

/** Makes a {@link Prober}. Files are read with the first HTTPS check, and again after a try that failed. */
export const createProber = (options: ProberOptions): Prober => {
  const { clock, connections = netConnections } = options;
  const { connect } = connections;
  const proxyEnv = { ...options.proxyEnv }; // each look at process.env is a call into the system
  const resolver = options.resolver ?? createResolver(clock);
  let context: ReturnType<typeof readSecureContext> | undefined;
  const secureContext = async (): ReturnType<typeof readSecureContext> => {
    context ??= readSecureContext(options.tls, proxyEnv);
    const made = await context;
    if (made instanceof EsmError) context = undefined;
    return made;
  };
  const http = createHttpProbe({ clock, resolver, proxyEnv, secureContext, connect });
  const tcp = createTcpProbe({ clock, resolver, connect });
  const choose = (definition: RunnableDefinition, timeoutMs: number, signal: RunSignal): Promise<ProbeOutcome> => {
    switch (definition.type) {
      case 'http':
        return http(definition, timeoutMs, signal);
      case 'tcp':
        return tcp(definition, timeoutMs, signal);
      case 'invalid':
        return Promise.resolve(measured('critical', definition.reason));
    }
  };
  return {
    run: (definition, timeoutMs, signal) =>
      signal.isAborted ? Promise.resolve({ type: 'aborted' }) : choose(definition, timeoutMs, signal).catch(ownFailure),
    [Symbol.asyncDispose]() {
      connections[Symbol.dispose]();
      if (options.resolver === undefined) resolver[Symbol.dispose]();
      return Promise.resolve();
    },
  };
};
