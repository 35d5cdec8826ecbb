/**
 * A fleet on a network whose links can be cut: Consul servers on hosts `c1` to `c3`, instances on `d1` to `d3`, each of which
 * talks to the server of its number, and targets on the switch that all of them reach.
 */
import { register } from './catalog.ts';
import { startCluster, type Cluster, type ServerPlace } from './cluster.ts';
import { startDaemon, type TestDaemon } from './daemon.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { startNetwork, type Network } from './network.ts';
import { pathOf, WEB_CHECK } from './probed-nodes.ts';
import { startTcpTarget } from './targets.ts';
import { recordTerms, type Terms } from './terms.ts';
import { startVisitedWeb, type VisitedWeb } from './visited-web.ts';

/** How many servers there are, and instances. */
const SIZE = 3;
const NODES = 12;

/** The same on each host, for each has a loopback and an address of its own. */
const PORTS = { http: 8500, server: 8300, serfLan: 8301, serfWan: -1 };

export interface CutFleet extends AsyncDisposable {
  readonly network: Network;
  readonly cluster: Cluster;
  readonly web: VisitedWeb;
  readonly terms: Terms;
  /** Ids of the instances, which are the names of their hosts. */
  readonly ids: readonly string[];
  readonly nodes: readonly string[];
  /** The fleet as Consul's server of that place, from 0, tells of it. */
  seenFrom(server: number): Fleet;
  /** What the daemons have logged. */
  logs(): string;
}

/** Every node has a check of this interval, every second one is pinged as often. */
export async function startCutFleet(intervalS: number): Promise<CutFleet> {
  const owned: AsyncDisposable[] = [];
  const own = <T extends AsyncDisposable>(thing: T): T => {
    owned.unshift(thing);
    return thing;
  };
  const dispose = async (): Promise<void> => {
    for (const thing of owned) await thing[Symbol.asyncDispose]();
  };
  try {
    return { ...(await startAll(own, intervalS)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function startAll(
  own: <T extends AsyncDisposable>(thing: T) => T,
  intervalS: number,
): Promise<Omit<CutFleet, keyof AsyncDisposable>> {
  const numbers = Array.from({ length: SIZE }, (_, at) => at + 1);
  const ids = numbers.map((number) => `d${number}`);
  const servers = numbers.map((number) => `c${number}`);
  const network = own(await startNetwork([...servers, ...ids]));
  const web = own(await startVisitedWeb(network.address));
  const pings = own(await startTcpTarget((socket) => socket.end(), network.address));
  const cluster = own(await startCluster(servers.map((name) => placeOn(network, name))));
  const fleets = cluster.servers.map((server) => createFleet(server, 'cut'));
  const seenFrom = (server: number): Fleet => at(fleets, server);
  const nodes = await registerAll(seenFrom(0), network.address, web, pings.port, intervalS);
  const terms = recordTerms();
  const daemons = new Map<string, TestDaemon>();
  for (const [place, id] of ids.entries()) {
    const config = seenFrom(place).config(`node_probe_interval = "${intervalS}s"`, id);
    daemons.set(id, own(await startDaemon({ config, runBy: network.host(id).runBy, onLine: terms.listener(id) })));
  }
  const logs = (): string => [...daemons].map(([id, { stdout }]) => `${id}:\n${stdout}`).join('\n');
  return { network, cluster, web, terms, ids, nodes, seenFrom, logs };
}

const placeOn = (network: Network, name: string): ServerPlace => {
  const { address, runBy } = network.host(name);
  return { address, runBy, ports: PORTS };
};

async function registerAll(
  fleet: Fleet,
  address: string,
  web: VisitedWeb,
  pingPort: number,
  intervalS: number,
): Promise<string[]> {
  const names = Array.from({ length: NODES }, (_, at) => `n${String(at).padStart(2, '0')}`);
  for (const [at, node] of names.entries()) {
    // The kernel sends a lost SYN again after a second, and a link that moves may lose one of a neighbour.
    const definition = { HTTP: web.url(pathOf(node)), Interval: `${intervalS}s`, Timeout: '1900ms' };
    await register(fleet.consul, {
      ...{ node, address },
      meta: at % 2 === 0 ? { ...fleet.pinged, 'external-probe-port': String(pingPort) } : fleet.unpinged,
      checks: [{ CheckID: WEB_CHECK, Name: 'web', Status: 'critical', Definition: definition }],
    });
  }
  return names;
}

const at = <T>(list: readonly T[], place: number): T => {
  const found = list[place];
  if (found === undefined) throw new Error(`there is no place ${place}`);
  return found;
};
