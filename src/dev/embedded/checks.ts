/** Checks of nodes and services, and the sessions that hang on them. */
import { isDeepStrictEqual } from 'node:util';
import { unindexed } from './nodes.ts';
import type { CheckRecord, Said } from './records.ts';
import { Refusal } from './request.ts';
import { moveServicesOf, serviceOf, serviceTopic } from './services.ts';
import { deleteSession, sessionsOn } from './sessions.ts';
import { keyOf, type State } from './state.ts';

export const checkOf = (state: State, node: string, id: string): CheckRecord | undefined =>
  state.checks.get(keyOf(node, id));

/** Creates or changes. The same again moves the index of the table, and no other. */
export function setCheck(state: State, given: Said<CheckRecord>): CheckRecord {
  if (state.nodes.get(keyOf(given.Node)) === undefined) throw new Refusal(500, 'Missing node registration');
  const said = { ...given, ...serviceParts(state, given), Status: given.Status || 'critical' };
  const before = checkOf(state, said.Node, said.CheckID);
  if (said.Status === 'critical') endSessions(state, said.Node, said.CheckID);
  const isSame = before !== undefined && isDeepStrictEqual(untyped(unindexed(before)), untyped(said));
  state.move('checks');
  state.touch('any check');
  state.touch(`checks ${keyOf(said.Node)}`);
  if (isSame) return before;
  const check = { ...said, CreateIndex: before?.CreateIndex ?? state.index, ModifyIndex: state.index };
  state.checks.set(keyOf(said.Node, said.CheckID), check);
  moved(state, check);
  return check;
}

export function deleteCheck(state: State, node: string, id: string): void {
  const check = checkOf(state, node, id);
  if (check === undefined) return;
  state.checks.delete(keyOf(node, id));
  state.move('checks');
  moved(state, check);
  endSessions(state, node, id);
}

/** Name and tags are the service's own, whatever the client says. */
function serviceParts(state: State, { Node, ServiceID }: Said<CheckRecord>): Partial<CheckRecord> {
  if (ServiceID === '') return {};
  const service = serviceOf(state, Node, ServiceID);
  if (service === undefined) throw new Refusal(500, 'Missing service registration');
  return { ServiceName: service.Service, ServiceTags: service.Tags };
}

/** `Type` does not count as a change. */
const untyped = ({ Type: _type, ...rest }: Said<CheckRecord>): object => rest;

function moved(state: State, { Node, ServiceID, ServiceName }: CheckRecord): void {
  state.touch('any check');
  state.touch(`checks ${keyOf(Node)}`);
  if (ServiceID === '') moveServicesOf(state, Node);
  else state.move(serviceTopic(ServiceName));
}

function endSessions(state: State, node: string, check: string): void {
  for (const { ID } of sessionsOn(state, node, check)) deleteSession(state, ID);
}
