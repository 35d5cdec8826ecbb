/** Since when nodes and checks have failed, as KV keeps it over restarts and moves. */
import { type CheckId, checkKey } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import type { FailureTimes } from './consul.ts';
import { decodeGoTime } from './go-time.ts';
import type { Keys } from './keys.ts';
import { type KvEntry, readFolder } from './kv.ts';
import { readKeys } from './read-keys.ts';
import type { Records } from './records.ts';

/** Up to so many keys are read one by one in transactions; more by their whole folders. */
const FEW = 128;

interface Deps {
  readonly client: ConsulClient;
  readonly keys: Keys;
  readonly records: Records;
}

/**
 * Consistent read. An entry whose ModifyIndex is below the CreateIndex of its node or check belongs to a former one of that
 * name and is left out, as is one that holds no time.
 */
export async function readFailureTimes(
  deps: Deps,
  nodes: readonly string[],
  checks: readonly CheckId[],
  signal: AbortSignal,
): Promise<FailureTimes> {
  const { keys, records } = deps;
  const wanted = [...nodes.map((node) => keys.probe(node)), ...checks.map((id) => keys.criticalCheck(id))];
  const known = new Map(wanted.map((key) => [key, records.kvIndex(key)]));
  const entries = await read(deps, wanted, signal);
  for (const [key, index] of known) {
    const entry = entries.get(key);
    // An own write that was answered meanwhile may have come after this read, and removals rest on its index.
    if (entry !== undefined && records.kvIndex(key) === index) records.learnKv(key, entry.modifyIndex);
  }
  return {
    nodes: new Map(
      nodes.flatMap((name) => timeOf(name, entries.get(keys.probe(name)), records.node(name)?.createIndex)),
    ),
    checks: new Map(
      checks.flatMap((id) =>
        timeOf(checkKey(id), entries.get(keys.criticalCheck(id)), records.get(checkKey(id))?.createIndex),
      ),
    ),
  };
}

async function read({ client, keys }: Deps, wanted: readonly string[], signal: AbortSignal) {
  if (wanted.length <= FEW) return readKeys(client, wanted, signal);
  const folders = await Promise.all([keys.probes, keys.critical].map((folder) => readFolder(client, folder, signal)));
  return new Map(folders.flat().map((entry) => [entry.key, entry]));
}

type Found = readonly [string, { readonly sinceMs: number; readonly modifyIndex: number }];

function timeOf(name: string, entry: KvEntry | undefined, createIndex = 0): readonly Found[] {
  if (entry === undefined || entry.modifyIndex < createIndex) return [];
  const sinceMs = decodeGoTime(entry.value);
  return sinceMs === undefined ? [] : [[name, { sinceMs, modifyIndex: entry.modifyIndex }]];
}
