/** Sessions, and what becomes of their locks when they end. */
import { deleteKey, setKey } from './kv.ts';
import { unindexed } from './nodes.ts';
import type { CheckRecord, Said, SessionRecord } from './records.ts';
import { Refusal } from './request.ts';
import { keyOf, type State, under } from './state.ts';

const NS_PER_MS = 1e6;
const MAX_LOCK_DELAY_MS = 60_000;
const ID_LENGTH = 36;

/** Throws what Consul says of an id that cannot be one. */
export function sessionOf(state: State, id: string): SessionRecord | undefined {
  if (id.length !== ID_LENGTH)
    throw new Refusal(500, `failed session lookup: index error: UUID must be ${ID_LENGTH} characters`);
  return state.sessions.get(id);
}

const checkIds = ({ NodeChecks, ServiceChecks }: Said<SessionRecord>): readonly string[] => [
  ...(NodeChecks ?? []),
  ...(ServiceChecks ?? []).map(({ ID }) => ID),
];

/** The sessions that end when this check is critical or gone. */
export const sessionsOn = (state: State, node: string, check: string): readonly SessionRecord[] =>
  state.sessions
    .all()
    .filter(
      (session) => keyOf(session.Node) === keyOf(node) && checkIds(session).some((id) => keyOf(id) === keyOf(check)),
    );

/** Throws when the node or one of the checks is missing, or one is critical. */
export function createSession(state: State, said: Said<SessionRecord>): void {
  if (state.nodes.get(keyOf(said.Node)) === undefined) throw new Refusal(500, 'Missing node registration');
  for (const id of checkIds(said)) requireAlive(state.checks.get(keyOf(said.Node, id)), id);
  state.sessions.set(said.ID, { ...said, CreateIndex: state.index, ModifyIndex: state.index });
  touched(state, said);
}

function requireAlive(check: CheckRecord | undefined, id: string): void {
  if (check === undefined) throw new Refusal(500, `Missing check '${id}' registration`);
  if (check.Status === 'critical') throw new Refusal(500, `Check '${id}' is in critical state`);
}

/** Ends a session: its keys are released or deleted, and cannot be locked for its lock delay. */
export function deleteSession(state: State, id: string): void {
  const session = state.sessions.get(id);
  if (session === undefined) return;
  state.sessions.delete(id);
  touched(state, session);
  const delayMs = Math.min(session.LockDelay / NS_PER_MS, MAX_LOCK_DELAY_MS);
  for (const entry of state.kv.all().filter(({ Session }) => Session === id)) {
    const { Session: _ended, ...released } = unindexed(entry);
    if (session.Behavior === 'delete') deleteKey(state, entry.Key);
    else setKey(state, released);
    if (delayMs > 0) state.lockDelays.set(entry.Key, state.clock.now() + delayMs);
  }
}

function touched(state: State, { ID, Node }: Said<SessionRecord>): void {
  state.move('sessions');
  state.touch(`session ${ID}`);
  state.touch(`sessions ${keyOf(Node)}`);
}

export const sessionsOfNode = (state: State, node: string): readonly SessionRecord[] =>
  state.sessions.all().filter((session) => under(session.Node) === under(node));
