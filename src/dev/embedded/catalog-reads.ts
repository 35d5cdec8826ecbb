/** Questions to `/v1/catalog`. */
import { filtered } from './filter.ts';
import { nodeOf } from './nodes.ts';
import { lastPart, metaTest, type Reading } from './reading.ts';
import type { NodeRecord, ServiceRecord } from './records.ts';
import { type EmbeddedRequest, parameter } from './request.ts';
import { absentTopics, instancesOf, serviceIndex } from './services.ts';
import { keyOf, type State, under } from './state.ts';

export function readNodes(state: State, request: EmbeddedRequest): Reading {
  const isMeant = metaTest(request) ?? (() => true);
  const value = filtered(request, state.nodes.all().filter(isMeant));
  return { value, index: state.latest('nodes'), topics: ['nodes'] };
}

export function readNode(state: State, request: EmbeddedRequest): Reading {
  const name = lastPart(request, '/v1/catalog/node/', 'Missing node name');
  const topics = [`node ${keyOf(name)}`];
  const Node = nodeOf(state, name);
  if (Node === undefined) return { value: null, index: 0, topics };
  const services = state.services.below(under(name)).map(({ service }) => [service.ID, service] as const);
  return { value: { Node, Services: Object.fromEntries(services) }, index: state.latest('nodes', 'services'), topics };
}

export function readService(state: State, request: EmbeddedRequest): Reading {
  const name = lastPart(request, '/v1/catalog/service/', 'Missing service name');
  const tag = parameter(request, 'tag');
  const isMeant = metaTest(request) ?? (() => true);
  const instances = instancesOf(state, name);
  const told = instances.filter(({ service }) => tag === undefined || service.Tags.includes(tag));
  const bearers = instances.map(({ node }) => `node ${keyOf(node)}`);
  return {
    value: told.flatMap(({ node, service }) => {
      const bearer = nodeOf(state, node);
      return bearer === undefined || !isMeant(bearer) ? [] : [joined(bearer, service)];
    }),
    index: serviceIndex(state, name),
    topics: instances.length === 0 ? ['services', ...absentTopics(state)] : ['services', ...bearers],
  };
}

/** An instance and its node in one object. */
function joined(node: NodeRecord, service: ServiceRecord): object {
  const { ID, Node, Address, Datacenter, TaggedAddresses, Meta } = node;
  return {
    ID,
    Node,
    Address,
    Datacenter,
    TaggedAddresses,
    NodeMeta: Meta,
    ServiceKind: '',
    ServiceID: service.ID,
    ServiceName: service.Service,
    ServiceTags: service.Tags,
    ServiceAddress: service.Address,
    ...(service.TaggedAddresses === undefined ? {} : { ServiceTaggedAddresses: service.TaggedAddresses }),
    ServiceWeights: service.Weights,
    ServiceMeta: service.Meta ?? {},
    ServicePort: service.Port,
    ServiceEnableTagOverride: service.EnableTagOverride,
    ServiceProxy: service.Proxy,
    ServiceConnect: service.Connect,
    CreateIndex: service.CreateIndex,
    ModifyIndex: service.ModifyIndex,
  };
}
