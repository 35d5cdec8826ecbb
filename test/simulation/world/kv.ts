/** What KV holds, as the daemons' formats have it. */
import { decodeGoTime } from '../../../src/consul/go-time.ts';
import type { ConsulServer } from './consul-server.ts';

interface Entry {
  readonly Key: string;
  readonly Value: string | null;
  readonly Session?: string;
}

const AGENTS = 'consul-esm/agents/';

const entriesAt = (server: ConsulServer, path: string, ...query: (readonly [string, string])[]): readonly Entry[] =>
  (server.read(`/kv/${path}`, ...query) ?? []) as readonly Entry[]; // safe: what the endpoint answers

/** The session that holds the leader's lock. */
export const lockHolder = (server: ConsulServer): string | undefined => entriesAt(server, 'consul-esm/lock')[0]?.Session;

/** All nodes of each list, by service id. */
export const lists = (server: ConsulServer): ReadonlyMap<string, readonly string[]> =>
  new Map(
    entriesAt(server, AGENTS, ['recurse', '']).map(({ Key, Value }) => {
      const { Nodes, Probes } = JSON.parse(Buffer.from(Value ?? '', 'base64').toString()) as {
        readonly Nodes: readonly string[] | null;
        readonly Probes: readonly string[] | null;
      }; // safe: the daemons wrote it
      return [Key.slice(AGENTS.length), [...(Nodes ?? []), ...(Probes ?? [])]];
    }),
  );

/** The list of one instance; undefined: it has none. */
export const listOf = (server: ConsulServer, serviceId: string): readonly string[] | undefined =>
  lists(server).get(serviceId);

/** A time that KV keeps: since when something fails. */
export const sinceMs = (server: ConsulServer, key: string): number | undefined => {
  const [entry] = entriesAt(server, `consul-esm/${key}`);
  return entry === undefined ? undefined : decodeGoTime(Buffer.from(entry.Value ?? '', 'base64'));
};
