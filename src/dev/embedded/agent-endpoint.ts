/** `/v1/agent/`. */
import type { Agent } from './agent.ts';
import { requireSoundCheck, requireSoundService } from './agent-said.ts';
import { bodyOf } from './body.ts';
import { ownMeta, type ServerOptions } from './own-node.ts';
import { done, type EmbeddedReply, type EmbeddedRequest, json, parameter, Refusal } from './request.ts';
import { agentCheck, agentService, checkUpdate } from './agent-shapes.ts';

const STATUSES = ['passing', 'warning', 'critical'];
const UNINDEXED = { CreateIndex: 0, ModifyIndex: 0 };

/** What stands behind the verb in `/v1/agent/check/pass/<id>`. */
const idOf = ({ path }: EmbeddedRequest): string => decodeURIComponent(path.split('/').slice(5).join('/'));

/** Part of what a real agent tells of itself: its statistics and settings are missing. */
export const tellSelf = ({ nodeName, nodeId, datacenter, version, serverPort }: ServerOptions): EmbeddedReply =>
  json({
    Config: {
      Datacenter: datacenter,
      NodeName: nodeName,
      NodeID: nodeId,
      Revision: '',
      Server: true,
      Version: version,
    },
    Coord: { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 1e-5 },
    Member: { Name: nodeName, Addr: '127.0.0.1', Port: serverPort, Status: 1 },
    Meta: ownMeta,
  });

export const tellServices = (agent: Agent): EmbeddedReply =>
  json(
    Object.fromEntries(
      agent
        .services()
        .map(({ Proxy: _proxy, Connect: _connect, ...service }) => [
          service.ID,
          { ...service, Meta: service.Meta ?? {} },
        ]),
    ),
  );

export const tellChecks = (agent: Agent): EmbeddedReply =>
  json(Object.fromEntries(agent.checks().map(({ id, record }) => [id, { ...record, ...UNINDEXED }])));

export function putService(agent: Agent, request: EmbeddedRequest): EmbeddedReply {
  const said = bodyOf(request, agentService);
  requireSoundService(said);
  agent.addService(said);
  return done;
}

export function putServiceAway(agent: Agent, request: EmbeddedRequest): EmbeddedReply {
  const id = idOf(request);
  if (id === '') throw new Refusal(500, 'ServiceID missing');
  agent.removeService(id);
  return done;
}

export function putCheck(agent: Agent, request: EmbeddedRequest): EmbeddedReply {
  const said = bodyOf(request, agentCheck);
  if (said.Name === '') throw new Refusal(400, 'Missing check name');
  requireSoundCheck(said);
  agent.addCheck(said);
  return done;
}

export function putCheckAway(agent: Agent, request: EmbeddedRequest): EmbeddedReply {
  agent.removeCheck(idOf(request));
  return done;
}

export function putBeat(agent: Agent, request: EmbeddedRequest, status: string): EmbeddedReply {
  agent.beat(idOf(request), status, parameter(request, 'note') ?? '');
  return done;
}

export function putUpdate(agent: Agent, request: EmbeddedRequest): EmbeddedReply {
  const { Status, Output } = bodyOf(request, checkUpdate);
  if (!STATUSES.includes(Status)) throw new Refusal(400, `Invalid check status: '${Status}'`);
  agent.beat(idOf(request), Status, Output);
  return done;
}
