/** `/v1/kv/`. */
import { bodyLength, rawBody } from './json-body.ts';
import {
  casKey,
  deleteKey,
  deleteKeyCas,
  deleteTree,
  isDelayed,
  lockKey,
  overwriteKey,
  treeIndex,
  unlockKey,
} from './kv.ts';
import type { Reading } from './reading.ts';
import type { KvRecord, Said } from './records.ts';
import { type EmbeddedReply, type EmbeddedRequest, has, json, parameter, Refusal, uint64 } from './request.ts';
import type { State } from './state.ts';

const MAX_BYTES = 512 * 1024;

const keyOfRequest = ({ path }: EmbeddedRequest): string => decodeURIComponent(path.slice('/v1/kv/'.length));

export function readKv(state: State, request: EmbeddedRequest): Reading {
  const key = keyOfRequest(request);
  if (has(request, 'keys')) return readKeys(state, key, parameter(request, 'separator') ?? '');
  if (has(request, 'recurse')) return readTree(state, key, state.kv.below(key));
  const entry = state.kv.get(requireKey(request));
  const topics = [`kv ${key}`];
  if (entry === undefined) return { value: undefined, index: state.latest('kv', 'tombstones'), topics };
  const bytes = has(request, 'raw') ? { bytes: Buffer.from(entry.Value ?? '', 'base64') } : {};
  return { value: [entry], index: entry.ModifyIndex, topics, ...bytes };
}

const readTree = (state: State, prefix: string, value: readonly unknown[]): Reading => ({
  value: value.length === 0 ? undefined : value,
  index: treeIndex(state, prefix),
  topics: [`kv ${prefix}*`],
});

function readKeys(state: State, prefix: string, separator: string): Reading {
  const keys = state.kv.below(prefix).map(({ Key }) => {
    const end = separator === '' ? -1 : Key.indexOf(separator, prefix.length);
    return end < 0 ? Key : Key.slice(0, end + separator.length);
  });
  return readTree(state, prefix, [...new Set(keys)]);
}

export function putKv(state: State, request: EmbeddedRequest): EmbeddedReply {
  const Key = requireKey(request);
  refuseConflict(request, 'cas', 'acquire', 'release');
  const Flags = uint64(parameter(request, 'flags') ?? '0');
  const cas = parameter(request, 'cas');
  const index = cas === undefined ? undefined : Number(uint64(cas));
  requireSize(bodyLength(request));
  const bytes = rawBody(request);
  const said = { LockIndex: 0, Key, Flags, Value: bytes.length === 0 ? null : bytes.toString('base64') };
  return json(write(state, request, said, index));
}

function write(state: State, request: EmbeddedRequest, said: Said<KvRecord>, cas: number | undefined): boolean {
  const [acquire, release] = [parameter(request, 'acquire'), parameter(request, 'release')];
  if (acquire !== undefined && isDelayed(state, said.Key)) return false;
  const entry = state.write(() => {
    if (acquire !== undefined) return lockKey(state, said, acquire);
    if (release !== undefined) return unlockKey(state, said, release);
    return cas === undefined ? overwriteKey(state, said) : casKey(state, said, cas);
  });
  return entry !== undefined;
}

export function deleteKv(state: State, request: EmbeddedRequest): EmbeddedReply {
  refuseConflict(request, 'recurse', 'cas');
  const isTree = has(request, 'recurse');
  const key = isTree ? keyOfRequest(request) : requireKey(request);
  const cas = parameter(request, 'cas');
  const index = cas === undefined ? undefined : Number(uint64(cas));
  const isDone = state.write(() => {
    if (index !== undefined) return deleteKeyCas(state, key, index);
    if (isTree) deleteTree(state, key);
    else deleteKey(state, key);
    return true;
  });
  return json(isDone);
}

function requireKey(request: EmbeddedRequest): string {
  const key = keyOfRequest(request);
  if (key === '') throw new Refusal(400, 'Missing key name');
  return key;
}

function requireSize(bytes: number): void {
  if (bytes <= MAX_BYTES) return;
  const where = 'https://www.consul.io/docs/agent/options.html#kv_max_value_size';
  throw new Refusal(413, `Request body(${bytes} bytes) too large, max size: ${MAX_BYTES} bytes. See ${where}.`);
}

function refuseConflict(request: EmbeddedRequest, ...names: readonly string[]): void {
  if (names.filter((name) => has(request, name)).length < 2) return;
  const told = [...(request.query ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  throw new Refusal(400, `Conflicting flags: ${told.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`);
}
