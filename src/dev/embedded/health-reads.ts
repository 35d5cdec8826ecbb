/** Questions to `/v1/health`. */
import { filtered } from './filter.ts';
import { nodeOf } from './nodes.ts';
import { isPassingOnly, lastPart, metaTest, type Reading } from './reading.ts';
import type { CheckRecord, Instance, NodeRecord } from './records.ts';
import type { EmbeddedRequest } from './request.ts';
import { absentTopics, instancesOf, serviceIndex, serviceTopic } from './services.ts';
import { keyOf, type State, under } from './state.ts';

export function readState(state: State, request: EmbeddedRequest): Reading {
  const status = lastPart(request, '/v1/health/state/', 'Missing check state');
  const isMeant = metaTest(request);
  const all = state.checks.all();
  const checks = status === 'any' ? all : all.filter(({ Status }) => Status === status);
  return {
    value: filtered(request, isMeant === undefined ? checks : onNodes(state, checks, isMeant)),
    index: state.latest('checks', ...(isMeant === undefined ? [] : ['nodes'])),
    topics: ['any check', ...(isMeant === undefined ? [] : ['nodes'])],
  };
}

/** The checks whose nodes are meant. A check may write the name of its node in other case, so the record decides. */
function onNodes(state: State, checks: readonly CheckRecord[], isMeant: (node: NodeRecord) => boolean) {
  const verdicts = new Map(state.nodes.all().map((node) => [node.Node, isMeant(node)]));
  return checks.filter(({ Node }) => verdicts.get(Node) ?? verdicts.get(nodeOf(state, Node)?.Node ?? ''));
}

export function readNodeChecks(state: State, request: EmbeddedRequest): Reading {
  const node = lastPart(request, '/v1/health/node/', 'Missing node name');
  return {
    value: filtered(request, state.checks.below(under(node))),
    index: state.latest('checks'),
    topics: [`checks ${keyOf(node)}`],
  };
}

export function readServiceChecks(state: State, request: EmbeddedRequest): Reading {
  const name = lastPart(request, '/v1/health/checks/', 'Missing service name');
  return {
    value: filtered(
      request,
      state.checks.all().filter(({ ServiceName }) => ServiceName === name),
    ),
    index: state.latest('checks'),
    topics: ['any check'],
  };
}

export function readHealth(state: State, request: EmbeddedRequest): Reading {
  const name = lastPart(request, '/v1/health/service/', 'Missing service name');
  const isPassing = isPassingOnly(request);
  const isMeant = metaTest(request) ?? (() => true);
  const instances = instancesOf(state, name);
  const told = instances
    .map((instance) => withChecks(state, instance))
    .filter(({ Node, Checks }) => {
      if (Node === undefined || !isMeant(Node)) return false;
      return !isPassing || Checks.every(({ Status }) => Status === 'passing');
    });
  return {
    value: told,
    index: serviceIndex(state, name, 'checks'),
    topics: [serviceTopic(name), ...(instances.length === 0 ? absentTopics(state) : [])],
  };
}

/** The checks of the node itself come first. */
function withChecks(state: State, { node, service }: Instance) {
  const checks = state.checks.below(under(node));
  const by = (id: string): readonly CheckRecord[] => checks.filter(({ ServiceID }) => ServiceID === id);
  const Checks = [...by(''), ...by(service.ID)];
  return { Node: nodeOf(state, node), Service: service, Checks };
}
