/** Definitions of checks: which fields 1.8.7 keeps, and how it tells durations. */
import { formatGoDuration } from '../../duration.ts';
import { type Decoder, duration, flag, list, map, number, struct, text } from './decode.ts';

const FIELDS = {
  Interval: duration,
  OutputMaxSize: number,
  Timeout: duration,
  DeregisterCriticalServiceAfter: duration,
  HTTP: text,
  TLSSkipVerify: flag,
  Header: map(list(text), 'map[string][]string'),
  Method: text,
  Body: text,
  TCP: text,
  ScriptArgs: list(text),
  DockerContainerID: text,
  Shell: text,
  GRPC: text,
  GRPCUseTLS: flag,
  AliasNode: text,
  AliasService: text,
  TTL: duration,
};

const NS_PER_MS = 1e6;

const DURATIONS = new Set(['Interval', 'Timeout', 'DeregisterCriticalServiceAfter']);

/** What a check operation of a transaction copies; it erases the rest. */
const COPIED = new Set([
  'HTTP',
  'TLSSkipVerify',
  'Header',
  'Method',
  'Body',
  'TCP',
  'Interval',
  'Timeout',
  'DeregisterCriticalServiceAfter',
]);

export type Definition = Readonly<Record<string, unknown>>;

const decodeFields = struct('structs.HealthCheckDefinition', FIELDS);

/** A definition as it is stored and told: no field that is empty. */
export const definition: Decoder<Definition> = (value, where) => {
  const fields = Object.entries(decodeFields(value, where)).flatMap(([field, part]) => {
    if (isEmpty(part)) return [];
    return [[field, typeof part === 'number' ? told(field, part) : part]];
  });
  return Object.fromEntries(fields) as Definition; // safe: entries of text and value
};

/** Consul forgot to tell one of the durations like the others. */
function told(field: string, value: number): unknown {
  if (DURATIONS.has(field)) return formatGoDuration(value);
  return field === 'TTL' ? value * NS_PER_MS : value;
}

/** What remains of a definition after a transaction. */
export const copied = (whole: Definition): Definition =>
  Object.fromEntries(Object.entries(whole).filter(([field]) => COPIED.has(field)));

/** The `Type` that a registration without one gets. */
export function typeOf({ GRPC, HTTP, TCP, TTL, Interval, AliasNode, AliasService }: Definition): string {
  if (Interval !== undefined && GRPC !== undefined) return 'grpc';
  if (Interval !== undefined && HTTP !== undefined) return 'http';
  if (TTL !== undefined) return 'ttl';
  if (Interval !== undefined && TCP !== undefined) return 'tcp';
  return AliasNode === undefined && AliasService === undefined ? '' : 'alias';
}

const isEmpty = (part: unknown): boolean =>
  part === undefined ||
  part === null ||
  part === '' ||
  part === 0 ||
  part === false ||
  (typeof part === 'object' && Object.keys(part).length === 0);
