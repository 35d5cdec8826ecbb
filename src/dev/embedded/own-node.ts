/** The server's own node in the catalog, with the service `consul` and the check that sessions hang on. */
import { setCheck } from './checks.ts';
import { setNode } from './nodes.ts';
import type { NodeRecord, Said } from './records.ts';
import { setService } from './services.ts';
import type { State } from './state.ts';

/** What the server is, as it tells others. */
export interface ServerOptions {
  readonly nodeName: string;
  readonly nodeId: string;
  readonly datacenter: string;
  /** As `/v1/agent/self` and the service `consul` tell it. */
  readonly version: string;
  /** Where servers would talk to one another. Nobody listens there. */
  readonly serverPort: number;
}

const ADDRESS = '127.0.0.1';
const PLAIN = { Type: '', Definition: {}, Notes: '', ServiceID: '', ServiceName: '', ServiceTags: [] };

/** The address of the leader. */
export const leaderOf = ({ serverPort }: ServerOptions): string => `${ADDRESS}:${serverPort}`;

export const ownMeta = { 'consul-network-segment': '' };

/** Puts the node in as the leader does, then as its agent does. */
export function registerServer(state: State, server: ServerOptions): void {
  state.write(() => {
    setNode(state, { ...nodeFrom(server), TaggedAddresses: null, Meta: null });
    setService(state, server.nodeName, consulService(server));
    setCheck(state, serfHealth(server));
  });
  state.write(() => {
    setNode(state, nodeFrom(server));
  });
}

/** Puts the whole of it in at once. */
export function registerOwnNode(state: State, server: ServerOptions): void {
  setNode(state, nodeFrom(server));
  setService(state, server.nodeName, consulService(server));
  setCheck(state, serfHealth(server));
}

const nodeFrom = ({ nodeName, nodeId, datacenter }: ServerOptions): Said<NodeRecord> => ({
  ID: nodeId,
  Node: nodeName,
  Address: ADDRESS,
  Datacenter: datacenter,
  TaggedAddresses: { lan: ADDRESS, lan_ipv4: ADDRESS, wan: ADDRESS, wan_ipv4: ADDRESS },
  Meta: ownMeta,
});

const consulService = ({ version, serverPort }: ServerOptions) => ({
  ID: 'consul',
  Service: 'consul',
  Tags: [],
  Address: '',
  Meta: {
    non_voter: 'false',
    raft_version: '3',
    serf_protocol_current: '2',
    serf_protocol_max: '5',
    serf_protocol_min: '1',
    version,
  },
  Port: serverPort,
  Weights: { Passing: 1, Warning: 1 },
  EnableTagOverride: false,
  Proxy: { MeshGateway: {}, Expose: {} },
  Connect: {},
});

const serfHealth = ({ nodeName }: ServerOptions) => ({
  ...PLAIN,
  Node: nodeName,
  CheckID: 'serfHealth',
  Name: 'Serf Health Status',
  Status: 'passing',
  Output: 'Agent alive and reachable',
});
