/** Services of nodes, and the index that each name of a service has. */
import { isDeepStrictEqual } from 'node:util';
import { deleteCheck } from './checks.ts';
import { unindexed } from './nodes.ts';
import type { Instance, Said, ServiceRecord } from './records.ts';
import { Refusal } from './request.ts';
import { keyOf, type State, under } from './state.ts';

/** When a service lost its last instance, whichever it was: the index of all that have none. */
const LAST_EXTINCTION = 'service extinction';

export const serviceOf = (state: State, node: string, id: string): ServiceRecord | undefined =>
  state.services.get(keyOf(node, id))?.service;

export const instancesOf = (state: State, name: string): readonly Instance[] => state.instances.below(under(name));

/** The topic and the index of a service's name. */
export const serviceTopic = (name: string): string => `service ${keyOf(name)}`;

/** The index of a service as a whole. One without instances has that of the last extinction, or of the tables. */
export function serviceIndex(state: State, name: string, ...tables: readonly string[]): number {
  const isThere = instancesOf(state, name).length > 0;
  const own = state.indexOf(isThere ? serviceTopic(name) : LAST_EXTINCTION);
  return own ?? state.latest('nodes', 'services', ...tables);
}

/** What moves the index of a service that has no instances. */
export const absentTopics = (state: State): readonly string[] =>
  state.indexOf(LAST_EXTINCTION) === undefined ? ['nodes', 'services', 'any check'] : [LAST_EXTINCTION];

/** Creates or changes; the same again changes nothing. */
export function setService(state: State, node: string, said: Said<ServiceRecord>): ServiceRecord {
  const bearer = state.nodes.get(keyOf(node));
  if (bearer === undefined) throw new Refusal(500, 'Missing node registration');
  const before = serviceOf(state, node, said.ID);
  if (before !== undefined && isDeepStrictEqual(unindexed(before), said)) return before;
  const service = { ...said, CreateIndex: before?.CreateIndex ?? state.index, ModifyIndex: state.index };
  if (before !== undefined && before.Service !== said.Service) unlist(state, node, before);
  state.services.set(keyOf(node, said.ID), { node: bearer.Node, service });
  state.instances.set(keyOf(said.Service, node, said.ID), { node: bearer.Node, service });
  state.move('services');
  state.move(serviceTopic(said.Service));
  state.touch(`node ${keyOf(node)}`);
  return service;
}

/** Takes out the service and its checks. */
export function deleteService(state: State, node: string, id: string): void {
  const service = serviceOf(state, node, id);
  if (service === undefined) return;
  for (const { ServiceID, CheckID } of state.checks.below(under(node)))
    if (ServiceID === id) deleteCheck(state, node, CheckID);
  state.services.delete(keyOf(node, id));
  unlist(state, node, service);
  state.move('services');
  state.touch(`node ${keyOf(node)}`);
  if (instancesOf(state, service.Service).length > 0) {
    state.move(serviceTopic(service.Service));
  } else {
    state.forget(serviceTopic(service.Service));
    state.move(LAST_EXTINCTION);
  }
}

/** A change of a node, or of a check of the node itself, concerns all its services. */
export function moveServicesOf(state: State, node: string): void {
  for (const { service } of state.services.below(under(node))) state.move(serviceTopic(service.Service));
}

const unlist = (state: State, node: string, { Service, ID }: ServiceRecord): void => {
  state.instances.delete(keyOf(Service, node, ID));
};
