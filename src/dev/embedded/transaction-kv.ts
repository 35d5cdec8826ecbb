/** The verbs of keys in a transaction. */
import { casKey, deleteKey, deleteKeyCas, deleteTree, isDelayed, lockKey, overwriteKey, unlockKey } from './kv.ts';
import type { KvRecord, Said } from './records.ts';
import { Refusal } from './request.ts';
import type { KvOperation } from './shapes.ts';
import type { State } from './state.ts';

type Verb = (state: State, operation: KvOperation, entry: Said<KvRecord>) => readonly KvRecord[];

const fail = (text: string): never => {
  throw new Refusal(409, text);
};

const quoted = (text: string): string => JSON.stringify(text);

/** Written entries are told without their value, which the client has just sent. */
const written = (entry: KvRecord | undefined, otherwise: string): readonly KvRecord[] =>
  entry === undefined ? fail(otherwise) : [{ ...entry, Value: null }];

const stale = (verb: string, key: string): string => `failed to ${verb} key ${quoted(key)}, index is stale`;
const existing = (state: State, key: string, otherwise: string): KvRecord => state.kv.get(key) ?? fail(otherwise);

const VERBS: Readonly<Record<string, Verb>> = {
  set: (state, _, entry) => written(overwriteKey(state, entry), ''),
  cas: (state, { Key, Index }, entry) => written(casKey(state, entry, Index), stale('set', Key)),
  delete(state, { Key }) {
    deleteKey(state, Key);
    return [];
  },
  'delete-cas': (state, { Key, Index }) => (deleteKeyCas(state, Key, Index) ? [] : fail(stale('delete', Key))),
  'delete-tree'(state, { Key }) {
    deleteTree(state, Key);
    return [];
  },
  get: (state, { Key }) => [existing(state, Key, `key ${quoted(Key)} doesn't exist`)],
  'get-tree': (state, { Key }) => state.kv.below(Key),
  lock: (state, { Key, Session }, entry) =>
    written(lockKey(state, entry, Session), `failed to lock key ${quoted(Key)}, lock is already held`),
  unlock: (state, { Key, Session }, entry) =>
    written(
      unlockKey(state, entry, Session),
      `failed to unlock key ${quoted(Key)}, lock isn't held, or is held by another session`,
    ),
  'check-session'(state, { Key, Session }) {
    const entry = existing(state, Key, `failed to check session, key ${quoted(Key)} doesn't exist`);
    const holder = entry.Session ?? '';
    if (holder === Session) return written(entry, '');
    return fail(`failed session check for key ${quoted(Key)}, current session ${quoted(holder)} != ${quoted(Session)}`);
  },
  'check-index'(state, { Key, Index }) {
    const entry = existing(state, Key, `failed to check index, key ${quoted(Key)} doesn't exist`);
    if (entry.ModifyIndex === Index) return written(entry, '');
    return fail(`failed index check for key ${quoted(Key)}, current modify index ${entry.ModifyIndex} != ${Index}`);
  },
  'check-not-exists': (state, { Key }) => (state.kv.get(Key) === undefined ? [] : fail(`key ${quoted(Key)} exists`)),
};

/** Throws when the operation names no key, or one that cannot be locked yet. */
export function requireKv(state: State, { Verb, Key }: KvOperation): void {
  if (Key === '' && Verb !== 'delete-tree' && Verb !== 'get-tree') fail('Must provide key');
  if (Verb === 'lock' && isDelayed(state, Key)) fail(`failed to lock key ${quoted(Key)} due to lock delay`);
}

/** The entries that the operation tells. Throws a Refusal with what is wrong. */
export function performKv(state: State, operation: KvOperation): readonly KvRecord[] {
  const { Verb, Key, Flags, Value } = operation;
  const verb = Object.hasOwn(VERBS, Verb) ? VERBS[Verb] : undefined;
  if (verb === undefined) return fail(`unknown KV verb ${quoted(Verb)}`);
  return verb(state, operation, { LockIndex: 0, Key, Flags, Value });
}
