/** `/v1/session/`. */
import { formatGoDuration, parseGoDuration } from '../../duration.ts';
import { bodyOf } from './body.ts';
import { bodyLength } from './json-body.ts';
import { lastPart, type Reading } from './reading.ts';
import type { Said, SessionRecord } from './records.ts';
import { type EmbeddedReply, type EmbeddedRequest, json, Refusal } from './request.ts';
import { createSession, deleteSession, sessionOf, sessionsOfNode } from './sessions.ts';
import type { SessionTimers } from './session-timers.ts';
import { session } from './shapes.ts';
import { keyOf, type State } from './state.ts';

const NS_PER_MS = 1e6;
const DEFAULT_LOCK_DELAY_MS = 15_000;
const SHORTEST_TTL_MS = 10_000;
const LONGEST_TTL_MS = 86_400_000;

export function readSession(state: State, request: EmbeddedRequest): Reading {
  const id = lastPart(request, '/v1/session/info/', 'Missing session');
  const found = sessionOf(state, id);
  return { value: found === undefined ? [] : [found], index: state.latest('sessions'), topics: [`session ${id}`] };
}

export const readSessions = (state: State): Reading => ({
  value: state.sessions.all(),
  index: state.latest('sessions'),
  topics: ['sessions'],
});

export function readNodeSessions(state: State, request: EmbeddedRequest): Reading {
  const node = lastPart(request, '/v1/session/node/', 'Missing node name');
  const index = state.latest('sessions');
  return { value: sessionsOfNode(state, node), index, topics: [`sessions ${keyOf(node)}`] };
}

/** Makes a session of the agent's own node unless it names another. */
export function putSession(
  state: State,
  request: EmbeddedRequest,
  ownNode: string,
  newId: () => string,
): EmbeddedReply {
  const asked = bodyLength(request) === 0 ? session({}, '') : bodyOf(request, session);
  const said: Said<SessionRecord> = {
    ID: newId(),
    Name: asked.Name,
    Node: asked.Node || ownNode,
    LockDelay: (asked.LockDelay ?? DEFAULT_LOCK_DELAY_MS) * NS_PER_MS,
    Behavior: asked.Behavior || 'release',
    TTL: asked.TTL,
    NodeChecks: asked.NodeChecks ?? ['serfHealth'],
    ServiceChecks: asked.ServiceChecks,
  };
  requireSense(said);
  state.write(() => {
    createSession(state, said);
  });
  return json({ ID: said.ID });
}

function requireSense({ Behavior, TTL }: Said<SessionRecord>): void {
  if (Behavior !== 'release' && Behavior !== 'delete') throw new Refusal(500, `Invalid Behavior setting '${Behavior}'`);
  const ttlMs = TTL === '' ? 0 : parseGoDuration(TTL);
  if (ttlMs === undefined)
    throw new Refusal(500, `Session TTL '${TTL}' invalid: time: invalid duration ${JSON.stringify(TTL)}`);
  if (ttlMs === 0 || (ttlMs >= SHORTEST_TTL_MS && ttlMs <= LONGEST_TTL_MS)) return;
  const range = `[${formatGoDuration(SHORTEST_TTL_MS)}=${formatGoDuration(LONGEST_TTL_MS)}]`;
  throw new Refusal(500, `Invalid Session TTL '${ttlMs * NS_PER_MS}', must be between ${range}`);
}

export function putDestroy(state: State, request: EmbeddedRequest): EmbeddedReply {
  const id = lastPart(request, '/v1/session/destroy/', 'Missing session');
  sessionOf(state, id);
  state.write(() => {
    deleteSession(state, id);
  });
  return json(true);
}

export function putRenew(state: State, request: EmbeddedRequest, timers: SessionTimers): EmbeddedReply {
  const id = lastPart(request, '/v1/session/renew/', 'Missing session');
  const found = sessionOf(state, id);
  if (found === undefined) throw new Refusal(404, `Session id '${id}' not found`);
  timers.renew(id);
  return json([found]);
}
