/** Questions to `/v1/health`. */
import { filtered } from './filter.ts';
import { nodeOf } from './nodes.ts';
import { hasMeta, isPassingOnly, lastPart, type Reading, withTags } from './reading.ts';
import type { CheckRecord, Instance } from './records.ts';
import { type EmbeddedRequest, has } from './request.ts';
import { absentTopics, instancesOf, serviceIndex, serviceTopic } from './services.ts';
import { keyOf, type State, under } from './state.ts';

export function readState(state: State, request: EmbeddedRequest): Reading {
  const status = lastPart(request, '/v1/health/state/', 'Missing check state');
  const isByMeta = has(request, 'node-meta');
  const checks = state.checks.all().filter((check) => {
    if (status !== 'any' && check.Status !== status) return false;
    const node = isByMeta ? nodeOf(state, check.Node) : undefined;
    return !isByMeta || (node !== undefined && hasMeta(request, node));
  });
  return {
    value: filtered(request, checks.map(withTags)),
    index: state.latest('checks', ...(isByMeta ? ['nodes'] : [])),
    topics: ['any check', ...(isByMeta ? ['nodes'] : [])],
  };
}

export function readNodeChecks(state: State, request: EmbeddedRequest): Reading {
  const node = lastPart(request, '/v1/health/node/', 'Missing node name');
  return {
    value: filtered(request, state.checks.below(under(node)).map(withTags)),
    index: state.latest('checks'),
    topics: [`checks ${keyOf(node)}`],
  };
}

export function readServiceChecks(state: State, request: EmbeddedRequest): Reading {
  const name = lastPart(request, '/v1/health/checks/', 'Missing service name');
  return {
    value: filtered(
      request,
      state.checks
        .all()
        .filter(({ ServiceName }) => ServiceName === name)
        .map(withTags),
    ),
    index: state.latest('checks'),
    topics: ['any check'],
  };
}

export function readHealth(state: State, request: EmbeddedRequest): Reading {
  const name = lastPart(request, '/v1/health/service/', 'Missing service name');
  const isPassing = isPassingOnly(request);
  const instances = instancesOf(state, name);
  const told = instances
    .map((instance) => withChecks(state, instance))
    .filter(({ Node, Checks }) => {
      if (Node === undefined || !hasMeta(request, Node)) return false;
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
  const Checks = [...by(''), ...by(service.ID)].map(withTags);
  return { Node: nodeOf(state, node), Service: withTags(service), Checks };
}
