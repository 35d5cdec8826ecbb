/** What a client said, made into what is kept. */
import { copied, typeOf } from './definition.ts';
import type { CheckRecord, NodeRecord, Said, ServiceRecord } from './records.ts';
import { Refusal } from './request.ts';
import type { Registration, SaidCheck, SaidNode, SaidService } from './shapes.ts';

const UUID_LENGTH = 36;

const nullIfEmpty = <T extends object>(value: T | null): T | null =>
  value === null || Object.keys(value).length === 0 ? null : value;

/** Throws for an id that is none. */
export function requireNodeId(id: string): void {
  if (id !== '' && id.length !== UUID_LENGTH) throw new Refusal(500, 'Bad node ID: uuid string is wrong length');
}

export function nodeFrom({ ID, Node, Address, TaggedAddresses, NodeMeta }: Registration, dc: string): Said<NodeRecord> {
  requireNodeId(ID);
  return { ID, Node, Address, Datacenter: dc, TaggedAddresses, Meta: NodeMeta };
}

export const nodeFromOperation = (
  { ID, Node, Address, TaggedAddresses, Meta }: SaidNode,
  dc: string,
): Said<NodeRecord> => ({
  ID,
  Node,
  Address,
  Datacenter: dc,
  TaggedAddresses,
  Meta,
});

/** The name stands in for the id. */
export function serviceFrom(said: SaidService): Said<ServiceRecord> {
  if (said.Service === '' && said.ID !== '') throw new Refusal(500, 'Must provide service name with ID');
  return {
    ID: said.ID === '' ? said.Service : said.ID,
    Service: said.Service,
    Tags: said.Tags ?? [],
    Address: said.Address,
    Meta: nullIfEmpty(said.Meta),
    Port: said.Port,
    Weights: said.Weights ?? { Passing: 1, Warning: 1 },
    EnableTagOverride: said.EnableTagOverride,
    Proxy: { MeshGateway: {}, Expose: {} },
    Connect: {},
  };
}

const checkFrom = ({ ModifyIndex: _index, ...said }: SaidCheck): Said<CheckRecord> => ({
  ...said,
  ServiceTags: said.ServiceTags ?? [],
});

/** The name stands in for the id, and the node of the request for the check's own. */
export function checkFromRegistration(said: SaidCheck, node: string): Said<CheckRecord> {
  return {
    ...checkFrom(said),
    Node: said.Node === '' ? node : said.Node,
    CheckID: said.CheckID === '' ? said.Name : said.CheckID,
    Type: said.Type === '' ? typeOf(said.Definition) : said.Type,
  };
}

/** A transaction copies a fixed list of fields of the definition, and no type. */
export const checkFromOperation = (said: SaidCheck): Said<CheckRecord> => ({
  ...checkFrom(said),
  CheckID: said.CheckID === '' ? said.Name : said.CheckID,
  Type: '',
  Definition: copied(said.Definition),
});
