/** What came back from Consul, before anyone judges it. */
import { EsmError } from '../errors.ts';

/** What an HTTP answer says ahead of its body. */
export interface AnswerHead {
  readonly status: number;
  /** X-Consul-Index; undefined when it is missing or no whole number. */
  readonly index: number | undefined;
  /** Newer servers say when ACLs took something out of a list. */
  readonly isFiltered: boolean;
}

/** An answer of whatever status, its body read to the end. */
export interface Answer extends AnswerHead {
  /** Empty when somebody else has read it while it came. */
  readonly body: Buffer;
}

/** The body as JSON. Throws `ESM_CONSUL_UNAVAILABLE` when it is none: whoever answered is no Consul in good health. */
export function jsonOf(what: string, answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8')) as unknown; // safe: JSON.parse gives `any`
  } catch (cause) {
    throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer is not JSON`, { cause });
  }
}

/** The body as a JSON array, which Go writes as null when it is empty. Throws `ESM_CONSUL_UNAVAILABLE` when it is none. */
export function listOf(what: string, answer: Answer): readonly unknown[] {
  const list = jsonOf(what, answer) ?? [];
  if (Array.isArray(list)) return list;
  throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: the answer is not a list`);
}

/** The body as text, no more than a line of it: for messages. */
export const excerptOf = (answer: Answer): string =>
  answer.body.toString('utf8', 0, 300).replaceAll(/\s+/g, ' ').trim();

/** A JSON object, or undefined for anything else. */
export const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  // safe: an object that is no array is readable by any string key
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** One for all: tens of thousands of checks have no tags. */
const NONE: readonly never[] = [];

/** A JSON array; Go writes an empty one as null. */
export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NONE);

export const asString = (value: unknown): string => (typeof value === 'string' ? value : '');

/** An index of Raft; 0 for anything that is none. */
export const asIndex = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;

/** Only the strings of a list. */
export const asStrings = (value: unknown): readonly string[] => {
  const items = asArray(value);
  return items.length === 0 ? NONE : items.filter((item): item is string => typeof item === 'string');
};
