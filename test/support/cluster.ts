/** Three real Consul servers that elect a leader among them: on ports of the loopback, or each on a host of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsulPorts } from './consul-config.ts';
import { startConsul, type TestConsul } from './consul.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';

/** Where a server of the cluster runs. */
export interface ServerPlace {
  readonly address: string;
  readonly ports: ConsulPorts;
  /** A program with its arguments that becomes the server by `exec`; none unless told. */
  readonly runBy?: readonly string[];
}

export interface Cluster extends AsyncDisposable {
  /** The servers, named `c1`, `c2` and `c3` in Consul. Those that have been killed too. */
  readonly servers: readonly TestConsul[];
  /** The place in `servers` of the one that leads and that most know as leader; undefined: there is none just now. */
  leader(): Promise<number | undefined>;
  /** Resolves to the leader's place in `servers`, once there is one that `isMeant` and that answers consistent reads. */
  untilLed(isMeant?: (server: number) => boolean, deadlineMs?: number): Promise<number>;
  /**
   * Resolves once every server votes and is well in the eyes of the leader. One that has come back is behind for some seconds;
   * if the leader is lost just then, it stands in the way of an election that it cannot win, for half a minute.
   */
  untilWhole(deadlineMs?: number): Promise<unknown>;
  /** Sends a signal; after one that ends the server resolves when it has ended. */
  kill(server: number, signal: NodeJS.Signals): Promise<void>;
  /** Starts one that has ended, with what it knew; resolves when it knows a leader, so start together what lacks a quorum. */
  start(server: number): Promise<void>;
}

/** Joining and an election, on a busy machine. */
const READY_MS = 40_000;

/** A server that is stopped or cut off is not waited for, nor one that waits for another. */
const ANSWER_MS = 2_000;

/** Places on the loopback. */
async function loopbackPlaces(count = 3): Promise<ServerPlace[]> {
  const ports = await freePorts(3 * count);
  return Array.from({ length: count }, (_, at) => {
    const [http = 0, server = 0, serfLan = 0] = ports.slice(3 * at);
    return { address: '127.0.0.1', ports: { http, server, serfLan, serfWan: -1 } };
  });
}

/** Starts a server at each place, and resolves once all know a leader. They keep what they know over restarts. */
export async function startCluster(given?: readonly ServerPlace[]): Promise<Cluster> {
  const places = given ?? (await loopbackPlaces());
  const folder = await mkdtemp(join(tmpdir(), 'consul-esm-cluster-'));
  const outcomes = await Promise.allSettled(
    places.map((place, at) => startServer(place, places, `c${at + 1}`, folder)),
  );
  const servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const at = (server: number): TestConsul => {
    const found = servers[server];
    if (found === undefined) throw new Error(`there is no server ${server}`);
    return found;
  };
  const leader = (): Promise<number | undefined> => leaderAmong(servers, places);
  return {
    servers,
    leader,
    untilLed: (isMeant = () => true, deadlineMs = READY_MS) =>
      eventually('a leader of the cluster', () => meantLeader(servers, leader, isMeant), { deadlineMs }),
    untilWhole: (deadlineMs = READY_MS) =>
      eventually('a cluster that is whole', () => isWhole(servers), { deadlineMs, everyMs: 100 }),
    kill: (server, signal) => at(server).kill(signal),
    start: (server) => at(server).start(),
    [Symbol.asyncDispose]: stop,
  };
}

const startServer = (
  { address, ports, runBy }: ServerPlace,
  places: readonly ServerPlace[],
  nodeName: string,
  folder: string,
): Promise<TestConsul> =>
  startConsul({
    ...{ address, ports, nodeName, readyMs: READY_MS, answerMs: ANSWER_MS, dataDir: join(folder, nodeName) },
    ...(runBy === undefined ? {} : { runBy }),
    config: {
      server: true,
      bootstrap_expect: places.length,
      retry_join: places.map((place) => `${place.address}:${place.ports.serfLan}`),
      retry_interval: '1s',
      // Elections take up to 7 s. With 1 they are quicker, and a machine that is busy for a second has one without need.
      performance: { raft_multiplier: 2 },
      // A server that is cut off would be struck off, and vote again only some 10 s after it has come back.
      autopilot: { cleanup_dead_servers: false },
    },
  });

/** One that has just lost the lead is still named by others, and one that is cut off may go on naming itself. */
async function leaderAmong(
  servers: readonly TestConsul[],
  places: readonly ServerPlace[],
): Promise<number | undefined> {
  const named = await Promise.all(servers.map((server) => nameLeader(server)));
  const candidates = places.map(({ address, ports }) => `${address}:${ports.server}`);
  const found = candidates.findIndex(
    (candidate, at) => named[at] === candidate && named.filter((name) => name === candidate).length * 2 > named.length,
  );
  return found === -1 ? undefined : found;
}

async function meantLeader(
  servers: readonly TestConsul[],
  leader: () => Promise<number | undefined>,
  isMeant: (server: number) => boolean,
): Promise<number | undefined> {
  const found = await leader();
  if (found === undefined || !isMeant(found)) return undefined;
  const answer = await fetch(`${servers[found]?.url ?? ''}/v1/kv/?keys&consistent`, within());
  return answer.status < 500 ? found : undefined;
}

interface AutopilotHealth {
  readonly Servers: readonly { readonly Healthy: boolean; readonly Voter: boolean }[];
}

async function isWhole(servers: readonly TestConsul[]): Promise<boolean> {
  const answers = await Promise.all(servers.map((server) => server.get('/operator/autopilot/health')));
  return answers.every((answer) => {
    const { Servers } = answer as AutopilotHealth; // safe: what /v1/operator/autopilot/health answers
    return Servers.length === servers.length && Servers.every(({ Healthy, Voter }) => Healthy && Voter);
  });
}

/** What a server answers when it is asked who leads; empty: it knows of none, or does not answer. */
async function nameLeader({ url }: TestConsul): Promise<string> {
  try {
    const answer = await fetch(`${url}/v1/status/leader`, within());
    return (await answer.json()) as string; // safe: Consul answers a JSON text
  } catch {
    return '';
  }
}

const within = (): RequestInit => ({ signal: AbortSignal.timeout(ANSWER_MS) });
