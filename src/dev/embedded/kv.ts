/** Keys: writing, deleting, locking. */
import { isDeepStrictEqual } from 'node:util';
import { unindexed } from './nodes.ts';
import type { KvRecord, Said } from './records.ts';
import { Refusal } from './request.ts';
import { sessionOf } from './sessions.ts';
import type { State } from './state.ts';

/** The same again changes nothing. */
export function setKey(state: State, said: Said<KvRecord>): KvRecord {
  const before = state.kv.get(said.Key);
  if (before !== undefined && isDeepStrictEqual(unindexed(before), said)) return before;
  const entry = { ...said, CreateIndex: before?.CreateIndex ?? state.index, ModifyIndex: state.index };
  state.kv.set(said.Key, entry);
  touched(state, said.Key);
  return entry;
}

/** Writes over whatever stands there; a session that holds the key goes on holding it. */
export function overwriteKey(state: State, said: Said<KvRecord>): KvRecord {
  const holder = state.kv.get(said.Key)?.Session;
  return setKey(state, { ...said, ...(holder === undefined ? {} : { Session: holder }) });
}

/** Index 0: only when there is none. Undefined: the entry is not at that index. */
export function casKey(state: State, said: Said<KvRecord>, index: number): KvRecord | undefined {
  return (state.kv.get(said.Key)?.ModifyIndex ?? 0) === index ? overwriteKey(state, said) : undefined;
}

export function deleteKey(state: State, key: string): void {
  if (state.kv.get(key) === undefined) return;
  state.kv.delete(key);
  state.tombstones.set(key, state.index);
  state.move('tombstones');
  touched(state, key);
}

/** An entry that is gone counts as deleted. */
export function deleteKeyCas(state: State, key: string, index: number): boolean {
  const entry = state.kv.get(key);
  if (entry !== undefined && entry.ModifyIndex !== index) return false;
  deleteKey(state, key);
  return true;
}

export function deleteTree(state: State, prefix: string): void {
  for (const { Key } of state.kv.below(prefix)) deleteKey(state, Key);
}

/** Undefined: another session holds it. Throws when there is no such session. */
export function lockKey(state: State, said: Said<KvRecord>, session: string): KvRecord | undefined {
  if (session === '') throw new Refusal(500, 'missing session');
  if (sessionOf(state, session) === undefined) throw new Refusal(500, `invalid session ${JSON.stringify(session)}`);
  const before = state.kv.get(said.Key);
  if (before?.Session !== undefined && before.Session !== session) return undefined;
  const LockIndex = (before?.LockIndex ?? 0) + (before?.Session === session ? 0 : 1);
  return setKey(state, { ...said, LockIndex, Session: session });
}

/** Undefined: the session does not hold it. */
export function unlockKey(state: State, said: Said<KvRecord>, session: string): KvRecord | undefined {
  if (session === '') throw new Refusal(500, 'missing session');
  const before = state.kv.get(said.Key);
  if (before?.Session !== session) return undefined;
  return setKey(state, { ...said, LockIndex: before.LockIndex });
}

export const isDelayed = (state: State, key: string): boolean => (state.lockDelays.get(key) ?? 0) > state.clock.now();

/** The index of a folder: of what last changed or went below it; of all keys when nothing ever was. */
export function treeIndex(state: State, prefix: string): number {
  const indexes = [...state.kv.below(prefix).map(({ ModifyIndex }) => ModifyIndex), ...state.tombstones.below(prefix)];
  const latest = indexes.reduce((most, index) => Math.max(most, index), 0);
  return prefix === '' || latest === 0 ? state.latest('kv', 'tombstones') : latest;
}

function touched(state: State, key: string): void {
  state.move('kv');
  state.touch(`kv ${key}`);
}
