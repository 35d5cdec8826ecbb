/** From what the catalog holds to what a probe can run. Nothing in a definition can be trusted, not even its types. */
import type { CatalogDefinition, CheckRecord } from '../../machines/model.ts';
import { formatGoDuration, parseGoDuration } from '../duration.ts';
import { parseHttpDefinition } from './http-definition.ts';
import type { RunnableDefinition } from './probe.ts';
import { parseTcpDefinition } from './tcp-definition.ts';

/** What is to be done about a check of the catalog. */
export type ParsedCheck =
  | {
      readonly type: 'runnable';
      readonly definition: RunnableDefinition;
      /** At least 1 s. */
      readonly intervalMs: number;
      readonly timeoutMs: number;
      /** Undefined: never, for want of a value above 0 or of a service to remove. */
      readonly deregisterAfterMs: number | undefined;
      /** Sentences for one WARN each. */
      readonly warnings: readonly string[];
    }
  /** Runnable by a Consul agent, not by this daemon: left alone, one WARN. */
  | { readonly type: 'unsupported'; readonly kind: 'gRPC' | 'UDP' | 'H2PING' | 'TCP with TLS' }
  /** Nobody's to run: left alone, one line at DEBUG. */
  | { readonly type: 'none' };

const DEFAULT_INTERVAL_MS = 30_000;
const SHORTEST_INTERVAL_MS = 1_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const NS_PER_MS = 1_000_000;

/** A duration of the catalog: Go's text, or a number of nanoseconds; undefined when there is none that can be read. */
const durationMs = (value: unknown): number | undefined => {
  if (typeof value === 'number' && Number.isFinite(value)) return value / NS_PER_MS;
  return typeof value === 'string' ? parseGoDuration(value) : undefined;
};

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && value !== false;

/** Which probe the definition asks for, HTTP before TCP as the Go ESM chooses; undefined: none. */
const chooseDefinition = (fields: CatalogDefinition): RunnableDefinition | undefined => {
  if (isSet(fields['HTTP'])) return parseHttpDefinition(fields);
  if (isSet(fields['TCP'])) return parseTcpDefinition(fields);
  return undefined;
};

const unsupportedKind = (fields: CatalogDefinition): 'gRPC' | 'UDP' | 'H2PING' | 'TCP with TLS' | undefined => {
  if (isSet(fields['HTTP'])) return undefined;
  if (isSet(fields['TCP'])) return fields['TCPUseTLS'] === true ? 'TCP with TLS' : undefined;
  if (isSet(fields['GRPC'])) return 'gRPC';
  if (isSet(fields['UDP'])) return 'UDP';
  return isSet(fields['H2PING']) ? 'H2PING' : undefined;
};

/** One for all, here and wherever else each of tens of thousands of checks would bear an empty list. */
const NO_WARNINGS: readonly string[] = [];

const chooseInterval = (value: unknown): { intervalMs: number; warnings: readonly string[] } => {
  const ms = durationMs(value);
  if (ms === undefined && isSet(value)) {
    const warning = `interval ${JSON.stringify(value)} is not a duration, using ${formatGoDuration(DEFAULT_INTERVAL_MS)}`;
    return { intervalMs: DEFAULT_INTERVAL_MS, warnings: [warning] };
  }
  if (ms === undefined || ms === 0) return { intervalMs: DEFAULT_INTERVAL_MS, warnings: NO_WARNINGS };
  if (ms >= SHORTEST_INTERVAL_MS) return { intervalMs: ms, warnings: NO_WARNINGS };
  const shortest = formatGoDuration(SHORTEST_INTERVAL_MS);
  const warning = `interval ${formatGoDuration(ms)} is below the minimum, using ${shortest}`;
  return { intervalMs: SHORTEST_INTERVAL_MS, warnings: [warning] };
};

/**
 * Reads a check's definition. Never throws: what cannot be run becomes an `invalid` definition whose output says why.
 * Interval: none, zero or unreadable is 30 s, under 1 s is 1 s with a warning. Timeout: none, zero, negative or unreadable is 10 s.
 */
export const parseDefinition = (record: CheckRecord): ParsedCheck => {
  const fields = record.definition ?? {};
  const kind = unsupportedKind(fields);
  if (kind !== undefined) return { type: 'unsupported', kind };
  const definition = chooseDefinition(fields);
  if (definition === undefined) return { type: 'none' };
  const timeoutMs = durationMs(fields['Timeout']) ?? 0;
  const deregisterAfterMs = durationMs(fields['DeregisterCriticalServiceAfter']) ?? 0;
  const { intervalMs, warnings } = chooseInterval(fields['Interval']);
  return {
    type: 'runnable',
    definition,
    intervalMs,
    warnings,
    timeoutMs: timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_MS,
    deregisterAfterMs: deregisterAfterMs > 0 && record.id.serviceId !== '' ? deregisterAfterMs : undefined,
  };
};
