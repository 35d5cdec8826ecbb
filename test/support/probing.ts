/** Runs probes the way the daemon does, from a definition of the catalog. */
import { checkKey, type CatalogDefinition } from '../../machines/model.ts';
import { systemClock } from '../../src/clock.ts';
import { parseDefinition } from '../../src/probes/definition.ts';
import { openConnections } from '../../src/probes/kernel-connection.ts';
import type { ProbeOutcome, RunnableDefinition } from '../../src/probes/probe.ts';
import { createProber, type Prober, type ProberOptions } from '../../src/probes/prober.ts';
import { openSyscalls } from '../../src/probes/syscalls.ts';
import { RunSignal } from '../../src/run-signal.ts';

/** The runnable half of a definition; throws when there is none. */
export const runnable = (definition: CatalogDefinition): RunnableDefinition => {
  const id = { partition: '', namespace: '', node: 'foo', serviceId: '', checkId: 'check' };
  const texts = { name: '', status: '', output: '', notes: '', serviceName: '', serviceTags: [] };
  const parsed = parseDefinition({ id, key: checkKey(id), ...texts, definition, createIndex: 1, modifyIndex: 1 });
  if (parsed.type !== 'runnable') throw new Error(`not runnable: ${JSON.stringify(definition)}`);
  return parsed.definition;
};

/** The kernel's, as the daemon calls them. */
export const syscalls = await openSyscalls();

/** A prober on the machine's clock, that connects as the daemon does, without proxies and with no authority but the machine's. */
export const testProber = (options: Partial<ProberOptions> = {}): Prober =>
  createProber({ tls: {}, proxyEnv: {}, clock: systemClock, connections: openConnections(syscalls), ...options });

/** Long enough for a slow machine: nothing that is asserted depends on it. */
const PATIENCE_MS = 9_000;

/** Runs a definition once with a prober of its own. */
export const probeOnce = async (
  definition: CatalogDefinition,
  { timeoutMs = PATIENCE_MS, ...options }: Partial<ProberOptions> & { timeoutMs?: number } = {},
): Promise<ProbeOutcome> => {
  await using prober = testProber(options);
  return await prober.run(runnable(definition), timeoutMs, new RunSignal());
};
