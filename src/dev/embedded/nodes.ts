/** Nodes: how one comes, changes and goes, and what goes with it. */
import { isDeepStrictEqual } from 'node:util';
import { deleteCheck } from './checks.ts';
import type { Indexed, NodeRecord, Said } from './records.ts';
import { deleteService, moveServicesOf } from './services.ts';
import { deleteSession } from './sessions.ts';
import { keyOf, type State, under } from './state.ts';

/** A record without what Consul counts. */
export const unindexed = <T extends Indexed>(record: T): Said<T> => {
  const { CreateIndex: _created, ModifyIndex: _modified, ...rest } = record;
  return rest;
};

export const nodeOf = (state: State, name: string): NodeRecord | undefined => state.nodes.get(keyOf(name));

/** Creates or changes; the same again changes nothing. A node id moves with its name. */
export function setNode(state: State, said: Said<NodeRecord>): NodeRecord {
  const renamed = said.ID === '' ? undefined : state.nodes.all().find(({ ID }) => ID === said.ID);
  if (renamed !== undefined && keyOf(renamed.Node) !== keyOf(said.Node)) deleteNode(state, renamed.Node);
  const before = renamed ?? nodeOf(state, said.Node);
  if (before !== undefined && isDeepStrictEqual(unindexed(before), said)) return before;
  const node = { ...said, CreateIndex: before?.CreateIndex ?? state.index, ModifyIndex: state.index };
  state.nodes.set(keyOf(said.Node), node);
  state.move('nodes');
  state.touch(`node ${keyOf(said.Node)}`);
  moveServicesOf(state, said.Node);
  return node;
}

/** Takes out the node and all that it has. */
export function deleteNode(state: State, name: string): void {
  if (nodeOf(state, name) === undefined) return;
  for (const { service } of state.services.below(under(name))) deleteService(state, name, service.ID);
  for (const { CheckID } of state.checks.below(under(name))) deleteCheck(state, name, CheckID);
  for (const { Node, Segment } of state.coordinates.below(under(name))) {
    state.coordinates.delete(keyOf(Node, Segment));
    state.move('coordinates');
  }
  state.nodes.delete(keyOf(name));
  state.move('nodes');
  state.touch(`node ${keyOf(name)}`);
  for (const { ID, Node } of state.sessions.all()) if (keyOf(Node) === keyOf(name)) deleteSession(state, ID);
}
