/** What a question that can be held finds, and how it is told. */
import type { NodeRecord } from './records.ts';
import type { EmbeddedReply, EmbeddedRequest } from './request.ts';
import { Refusal, has, parameter } from './request.ts';

/** An answer as of now, and what must change for it to be another. */
export interface Reading {
  /** Undefined: there is nothing there, 404. */
  readonly value: unknown;
  /** 0: nothing of this kind ever was; told as 1, for a question for index 0 is never held. */
  readonly index: number;
  /** What wakes the question; a topic that ends with `*` stands for all that begin so. */
  readonly topics: readonly string[];
  /** Tell these bytes instead. */
  readonly bytes?: Uint8Array;
  /** Tell no headers; an absent coordinate alone is told so. */
  readonly isSilent?: boolean;
}

const FOUND = { 'X-Consul-KnownLeader': 'true', 'X-Consul-LastContact': '0' };

/** Questions of these two families are told how consistent the answer is. */
const TOLD = /^\/v1\/(catalog|health)\//;

export function replyOf(request: EmbeddedRequest, { value, index, bytes, isSilent = false }: Reading): EmbeddedReply {
  if (isSilent) return { status: 404, headers: {}, body: { type: 'empty' } };
  const consistency = has(request, 'consistent') ? 'consistent' : has(request, 'stale') ? 'stale' : 'leader';
  const effective = TOLD.test(request.path) ? { 'X-Consul-Effective-Consistency': consistency } : {};
  const told = { index: Math.max(1, index), headers: { ...FOUND, ...effective } };
  if (value === undefined) return { status: 404, body: { type: 'empty' }, ...told };
  return { status: 200, body: bytes === undefined ? { type: 'json', value } : { type: 'bytes', bytes }, ...told };
}

/** What goes wrong while a question is answered is told with the headers of an answer that found nothing. */
export const readRefusal = (text: string): Refusal =>
  new Refusal(500, text, { 'X-Consul-KnownLeader': 'false', 'X-Consul-LastContact': '0', 'X-Consul-Index': '1' });

/** Has a node every pair of meta that the question asks for? Undefined: it asks for none. */
export function metaTest({ query = [] }: EmbeddedRequest): ((node: NodeRecord) => boolean) | undefined {
  const pairs = query.flatMap(([name, pair]) => {
    const [key = '', ...value] = pair.split(':');
    return name === 'node-meta' ? [[key, value.join(':')] as const] : [];
  });
  if (pairs.length === 0) return undefined;
  return ({ Meta }) => pairs.every(([key, value]) => Meta?.[key] === value);
}

/** The last part of a path, decoded. Throws 400 when there is none. */
export function lastPart(request: EmbeddedRequest, prefix: string, missing: string): string {
  const part = decodeURIComponent(request.path.slice(prefix.length));
  if (part === '') throw new Refusal(400, missing);
  return part;
}

/** `passing` alone means yes; it may also say so. */
export function isPassingOnly(request: EmbeddedRequest): boolean {
  const value = parameter(request, 'passing');
  if (value === undefined || /^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  if (/^(|1|t|T|true|TRUE|True)$/.test(value)) return true;
  throw new Refusal(400, 'Invalid value for ?passing');
}
