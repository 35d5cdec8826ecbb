/** What KV holds, as the daemons' formats have it. */
import { decodeGoTime } from '../../../src/consul/go-time.ts';
import type { ConsulServer } from './consul-server.ts';
import { LISTS } from './transaction.ts';

interface Entry {
  readonly Key: string;
  readonly Value: string | null;
  readonly Session?: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

const entriesAt = (server: ConsulServer, path: string, ...query: (readonly [string, string])[]): readonly Entry[] =>
  (server.read(`/kv/${path}`, ...query) ?? []) as readonly Entry[]; // safe: what the endpoint answers

/** The session that holds the leader's lock. */
export const lockHolder = (server: ConsulServer): string | undefined =>
  entriesAt(server, 'consul-esm/lock')[0]?.Session;

/** One instance's list. */
export interface List {
  readonly nodes: readonly string[];
  readonly modifyIndex: number;
}

/** Each list, by service id. */
export const lists = (server: ConsulServer): ReadonlyMap<string, List> =>
  new Map(
    entriesAt(server, LISTS, ['recurse', '']).map(({ Key, Value, ModifyIndex }) => {
      const { Nodes, Probes } = JSON.parse(Buffer.from(Value ?? '', 'base64').toString()) as {
        readonly Nodes: readonly string[] | null;
        readonly Probes: readonly string[] | null;
      }; // safe: the daemons wrote it
      return [Key.slice(LISTS.length), { nodes: [...(Nodes ?? []), ...(Probes ?? [])], modifyIndex: ModifyIndex }];
    }),
  );

/** Since when something fails, as KV keeps it. */
export interface Failure {
  readonly sinceMs: number;
  /** The same for as long as the key is not removed, however often its time is replaced. */
  readonly createIndex: number;
}

/** Undefined: it does not fail, or what KV says is of one that was there before. */
export const failureOf = (server: ConsulServer, key: string, createIndex: number): Failure | undefined => {
  const [entry] = entriesAt(server, `consul-esm/${key}`);
  if (entry === undefined || entry.ModifyIndex < createIndex) return undefined;
  const since = decodeGoTime(Buffer.from(entry.Value ?? '', 'base64'));
  return since === undefined ? undefined : { sinceMs: since, createIndex: entry.CreateIndex };
};

/** The time of {@link failureOf}. */
export const sinceMs = (server: ConsulServer, key: string, createIndex: number): number | undefined =>
  failureOf(server, key, createIndex)?.sinceMs;
