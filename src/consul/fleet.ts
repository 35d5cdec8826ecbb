/** The fleet as its leader sees it: who is there, and which list each has. */
import { requireSight } from './acl-filter.ts';
import { type Answer, asObject, asString, asStrings, listOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { Fleet, ListChange, WatchObserver } from './consul.ts';
import { requireOk } from './errors.ts';
import type { Keys } from './keys.ts';
import { kvPath, readFolder } from './kv.ts';
import { writeLists } from './list-writer.ts';
import { parseList } from './parse.ts';
import { parseShares } from './shares.ts';
import { startWatch } from './watch.ts';

export interface FleetOptions {
  readonly client: ConsulClient;
  readonly keys: Keys;
  /** `consul_service`. */
  readonly service: string;
  /** `consul_service_tag`; empty: instances without a tag. */
  readonly tag: string;
}

export function createFleet(options: FleetOptions): Fleet {
  const { client, keys } = options;
  return {
    watchInstances: (observer) => watchInstances(options, observer),
    watchLists: (observer) => watchLists(client, keys.agents, observer),
    async readLists(signal) {
      const shares = parseShares(await readFolder(client, keys.agents, signal));
      return new Map([...shares].map(([key, share]) => [key.slice(keys.agents.length), share]));
    },
    readRegistered: (signal) => readRegistered(options, signal),
    writeLists: (changes: readonly ListChange[], session, signal) =>
      writeLists({ client, keys }, changes, session, signal),
  };
}

function watchInstances({ client, service, tag }: FleetOptions, observer: WatchObserver<readonly string[]>) {
  const what = `watching instances of ${service}`;
  return startWatch<readonly string[]>(
    client,
    {
      what,
      path: `/v1/health/service/${encodeURIComponent(service)}`,
      query: [['passing', '']],
      parse: (answer) =>
        parseList(listOf(what, answer), (entry) => {
          const instance = asObject(asObject(entry)?.['Service']);
          return hasTag(instance?.['Tags'], tag) ? nonEmpty(instance?.['ID']) : undefined;
        }),
      isDoubtful: (ids) => ids.length === 0,
    },
    observer,
  );
}

const watchLists = (client: ConsulClient, folder: string, observer: WatchObserver<void>) =>
  startWatch(
    client,
    {
      what: `watching ${folder}`,
      path: kvPath(folder),
      query: [['recurse', '']],
      isAbsentOk: true,
      permission: `read on keys below ${folder}`,
      parse: () => undefined,
    },
    observer,
  );

/** An empty answer would make every list stale, so it is doubted like every other. */
async function readRegistered(options: FleetOptions, signal: AbortSignal) {
  const what = `reading instances of ${options.service}`;
  const { answer, instances } = await askRegistered(what, options, signal);
  if (instances.size > 0) return instances;
  await requireSight(options.client, what, answer, signal);
  return (await askRegistered(what, options, signal)).instances;
}

async function askRegistered(what: string, { client, service, tag }: FleetOptions, signal: AbortSignal) {
  const path = `/v1/catalog/service/${encodeURIComponent(service)}`;
  const answer: Answer = await client.ask({ method: 'GET', path, query: [['consistent', '']] }, signal);
  requireOk(what, answer);
  const instances = parseList(listOf(what, answer), (entry) => {
    const instance = asObject(entry);
    const id = nonEmpty(instance?.['ServiceID']);
    return id === undefined ? undefined : ([id, hasTag(instance?.['ServiceTags'], tag) ? 'peer' : 'stranger'] as const);
  });
  return { answer, instances: new Map(instances) };
}

/** Instances without a tag share with those that have none either. */
const hasTag = (tags: unknown, tag: string): boolean =>
  tag === '' ? asStrings(tags).every((name) => name === '') : asStrings(tags).includes(tag);

const nonEmpty = (value: unknown): string | undefined => asString(value) || undefined;
