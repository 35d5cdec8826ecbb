/** Which request goes where. */
import type { Agent } from './agent.ts';
import * as agentEndpoint from './agent-endpoint.ts';
import { bodyOf } from './body.ts';
import { readNode, readNodes, readService } from './catalog-reads.ts';
import { type Coordinates, readCoordinate, readCoordinates } from './coordinates.ts';
import { readHealth, readNodeChecks, readServiceChecks, readState } from './health-reads.ts';
import { deleteKv, putKv, readKv } from './kv-endpoint.ts';
import { leaderOf, type ServerOptions } from './own-node.ts';
import type { Reading } from './reading.ts';
import { deregister, register } from './register.ts';
import { done, type EmbeddedReply, type EmbeddedRequest, json } from './request.ts';
import * as sessionEndpoint from './session-endpoint.ts';
import type { SessionTimers } from './session-timers.ts';
import { coordinate, deregistration, registration } from './shapes.ts';
import type { State } from './state.ts';
import { putTransaction } from './transaction-endpoint.ts';

/** What the endpoints work on. */
export interface Parts {
  readonly state: State;
  readonly agent: Agent;
  readonly coordinates: Coordinates;
  readonly sessionTimers: SessionTimers;
  readonly server: ServerOptions;
  readonly newId: () => string;
}

/** Answers at once. */
export type Act = (parts: Parts, request: EmbeddedRequest) => EmbeddedReply;

/** May be held. */
export type Read = (state: State, request: EmbeddedRequest) => Reading;

export type Endpoint = Readonly<Partial<Record<string, { readonly act: Act } | { readonly read: Read }>>>;

const read = (question: Read): Endpoint => ({ GET: { read: question } });
const get = (act: Act): Endpoint => ({ GET: { act } });
const put = (act: Act): Endpoint => ({ PUT: { act } });

const beat = (status: string): Endpoint => put(({ agent }, request) => agentEndpoint.putBeat(agent, request, status));

/** A path that ends with a slash stands for all that begin so. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/v1/catalog/register': put(({ state, server }, request) => {
    register(state, bodyOf(request, registration), server.datacenter);
    return json(true);
  }),
  '/v1/catalog/deregister': put(({ state, server }, request) => {
    deregister(state, bodyOf(request, deregistration), server.datacenter);
    return json(true);
  }),
  '/v1/catalog/datacenters': get(({ server }) => json([server.datacenter])),
  '/v1/catalog/nodes': read(readNodes),
  '/v1/catalog/node/': read(readNode),
  '/v1/catalog/service/': read(readService),
  '/v1/health/state/': read(readState),
  '/v1/health/node/': read(readNodeChecks),
  '/v1/health/checks/': read(readServiceChecks),
  '/v1/health/service/': read(readHealth),
  '/v1/kv/': {
    GET: { read: readKv },
    PUT: { act: ({ state }, request) => putKv(state, request) },
    DELETE: { act: ({ state }, request) => deleteKv(state, request) },
  },
  '/v1/session/list': read(sessionEndpoint.readSessions),
  '/v1/session/info/': read(sessionEndpoint.readSession),
  '/v1/session/node/': read(sessionEndpoint.readNodeSessions),
  '/v1/session/create': put(({ state, server, newId }, request) =>
    sessionEndpoint.putSession(state, request, server.nodeName, newId),
  ),
  '/v1/session/destroy/': put(({ state }, request) => sessionEndpoint.putDestroy(state, request)),
  '/v1/session/renew/': put(({ state, sessionTimers }, request) =>
    sessionEndpoint.putRenew(state, request, sessionTimers),
  ),
  '/v1/txn': put(({ state, server }, request) => putTransaction(state, request, server.datacenter)),
  '/v1/coordinate/nodes': read(readCoordinates),
  '/v1/coordinate/node/': read(readCoordinate),
  '/v1/coordinate/update': put(({ coordinates }, request) => {
    coordinates.update(bodyOf(request, coordinate));
    return done;
  }),
  '/v1/status/leader': get(({ server }) => json(leaderOf(server))),
  '/v1/status/peers': get(({ server }) => json([leaderOf(server)])),
  '/v1/agent/self': get(({ server }) => agentEndpoint.tellSelf(server)),
  '/v1/agent/services': get(({ agent }) => agentEndpoint.tellServices(agent)),
  '/v1/agent/checks': get(({ agent }) => agentEndpoint.tellChecks(agent)),
  '/v1/agent/service/register': put(({ agent }, request) => agentEndpoint.putService(agent, request)),
  '/v1/agent/service/deregister/': put(({ agent }, request) => agentEndpoint.putServiceAway(agent, request)),
  '/v1/agent/check/register': put(({ agent }, request) => agentEndpoint.putCheck(agent, request)),
  '/v1/agent/check/deregister/': put(({ agent }, request) => agentEndpoint.putCheckAway(agent, request)),
  '/v1/agent/check/pass/': beat('passing'),
  '/v1/agent/check/warn/': beat('warning'),
  '/v1/agent/check/fail/': beat('critical'),
  '/v1/agent/check/update/': put(({ agent }, request) => agentEndpoint.putUpdate(agent, request)),
};

const FOLDERS = Object.entries(ENDPOINTS).filter(([path]) => path.endsWith('/'));

/** The endpoint of a path; undefined: there is none. */
export const endpointOf = (path: string): Endpoint | undefined =>
  ENDPOINTS[path] ?? FOLDERS.find(([folder]) => path.startsWith(folder))?.[1];
