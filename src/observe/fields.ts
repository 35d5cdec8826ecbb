/** Reduces what callers hand to the log to plain data, so that no class instance, stack or cycle reaches a line. */
import type { LogFields } from './log.ts';

/** What a line can hold. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** Deeper values are written as one word: a line is for people. */
const MAX_DEPTH = 4;

/** The fields without the undefined ones, each value plain: an error is its code and message, a bigint its digits. */
export const plainFields = (fields: LogFields): Readonly<Record<string, Plain>> => plainEntries(fields, 0);

function plainEntries(record: object, depth: number): Record<string, Plain> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, plain(value, depth)]));
}

function plain(value: unknown, depth: number): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Error) return plainError(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object') return typeof value;
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[...]' : '{...}';
  if (value instanceof Map || value instanceof Set) return plain([...value], depth);
  return Array.isArray(value) ? value.map((item) => plain(item, depth + 1)) : plainEntries(value, depth + 1);
}

function plainError(error: Error): Plain {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? { code, message: error.message } : { message: error.message };
}
