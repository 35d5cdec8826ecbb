/** KV entries as `/v1/kv` and transactions tell them. */
import type { ConsulClient } from './client.ts';
import { type Answer, asIndex, asObject, asString, asStrings, listOf } from './answer.ts';
import { requireOk } from './errors.ts';

export interface KvEntry {
  readonly key: string;
  readonly value: Buffer;
  readonly modifyIndex: number;
  readonly lockIndex: number;
  /** Empty: nobody holds it. */
  readonly session: string;
  /** Decimal digits: Go's flags exceed 2^53. */
  readonly flags: string;
}

/** The largest folder that is read, in bytes: 50,000 lists and clocks stay far below. */
const MAX_BYTES = 64 * 1024 * 1024;

/** `/v1/kv/...` for a key, each segment encoded. */
export const kvPath = (key: string): string => `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`;

/** The entries of an answer; none for 404. */
export function parseEntries(what: string, answer: Answer): readonly KvEntry[] {
  if (answer.status === 404) return [];
  // JSON.parse would round the flags of Go's locks. Quotes within strings are escaped, so only the field itself is met.
  const body = Buffer.from(answer.body.toString('utf8').replaceAll(/"Flags":\s*(\d+)/g, '"Flags":"$1"'));
  return listOf(what, { ...answer, body }).flatMap((item) => parseEntry(item) ?? []);
}

/** Reads every entry below `folder`, consistently. */
export async function readFolder(
  client: ConsulClient,
  folder: string,
  signal: AbortSignal,
): Promise<readonly KvEntry[]> {
  const what = `reading ${folder}`;
  const query = [
    ['recurse', ''],
    ['consistent', ''],
  ] as const;
  const answer = await client.ask({ method: 'GET', path: kvPath(folder), query, maxBytes: MAX_BYTES }, signal);
  if (answer.status !== 404) requireOk(what, answer, `read on keys below ${folder}`);
  return parseEntries(what, answer);
}

/** The names of all keys below `folder`, read consistently. */
export async function readKeyNames(
  client: ConsulClient,
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const what = `reading the keys of ${folder}`;
  const query = [
    ['keys', ''],
    ['consistent', ''],
  ] as const;
  const answer = await client.ask({ method: 'GET', path: kvPath(folder), query }, signal);
  if (answer.status === 404) return [];
  requireOk(what, answer, `read on keys below ${folder}`);
  return asStrings(listOf(what, answer));
}

/** One entry; undefined when it has no key. */
export function parseEntry(value: unknown): KvEntry | undefined {
  const entry = asObject(value);
  const key = asString(entry?.['Key']);
  if (entry === undefined || key === '') return undefined;
  return {
    key,
    value: Buffer.from(asString(entry['Value']), 'base64'),
    modifyIndex: asIndex(entry['ModifyIndex']),
    lockIndex: asIndex(entry['LockIndex']),
    session: asString(entry['Session']),
    flags: asString(entry['Flags']),
  };
}
