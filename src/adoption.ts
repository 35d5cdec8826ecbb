/** Nodes and checks on their way in: started as soon as it is read from KV since when they have failed. */
import type { CheckKey, CheckRecord } from '../machines/model.ts';
import { backoffMs, failuresAfter } from '../machines/rules/backoff.ts';
import type { NodeRecord } from '../machines/rules/reconcile.ts';
import { createBreather } from './breather.ts';
import type { Clock, Random } from './clock.ts';
import type { Catalog, FailureTimes } from './consul/consul.ts';
import { createRest } from './consul/rest.ts';
import { EsmError } from './errors.ts';

export interface AdoptionDeps {
  readonly catalog: Pick<Catalog, 'readFailureTimes'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told when the failure times, without which nothing may start, cannot be read. */
  readonly onTrouble: (error: EsmError) => void;
}

export interface Adoption {
  /** Takes up what is missing of the nodes of these names. */
  add(names: readonly string[]): void;
  /** Consul is back: what waited for it is tried again now, and a read under way, which may have gone into a hole, too. */
  wake(): void;
}

/** Checks of one node that are started in one go, which takes some 4 ms: there are nodes with 100,000 of them. */
const CHECKS_AT_ONCE = 16;

/**
 * `missing` tells what of a node is wanted and does not run: all of it, or checks that joined it; undefined: nothing. `wanted` tells
 * all of it, whether it runs or not, but for nodes that may not start now. Nothing is taken up after `signal`.
 */
export const createAdoption = (
  { catalog, clock, random, onTrouble }: AdoptionDeps,
  missing: (name: string) => NodeRecord | undefined,
  wanted: (name: string) => NodeRecord | undefined,
  start: (record: NodeRecord, failures: FailureTimes) => void,
  signal: AbortSignal,
): Adoption => {
  const waiting = new Set<string>();
  const rest = createRest(clock, signal);
  let asking = new AbortController();
  let isAtWork = false;
  signal.addEventListener('abort', () => {
    asking.abort();
  });

  const allMissing = (): readonly NodeRecord[] => {
    const records = [...waiting].flatMap((name) => missing(name) ?? []);
    waiting.clear();
    for (const { node } of records) waiting.add(node.name);
    return records;
  };

  /** What came while the times were read waits for the next read. */
  const startSome = (asked: NodeRecord, times: FailureTimes): void => {
    const record = wanted(asked.node.name);
    const ready = record && overlap(record, asked);
    if (ready !== undefined) start(ready, times);
  };

  const takeUp = async (): Promise<void> => {
    const asked = allMissing();
    if (asked.length === 0) return;
    const names = asked.map(({ node }) => node.name);
    const ids = asked.flatMap(({ checks }) => [...checks.values()].map(({ id }) => id));
    asking = new AbortController();
    const times = await catalog.readFailureTimes(names, ids, asking.signal);
    const breathe = createBreather(clock);
    for (const record of smallFirst(asked)) {
      for (const part of partsOf(record)) {
        await breathe();
        if (signal.aborted) return;
        startSome(part, times);
      }
      if (missing(record.node.name) === undefined) waiting.delete(record.node.name);
    }
  };

  const tell = (error: unknown): void => {
    onTrouble(error instanceof EsmError ? error : new EsmError('ESM_UNEXPECTED', String(error), { cause: error }));
  };

  const work = async (): Promise<void> => {
    isAtWork = true;
    for (let failures = 0; waiting.size > 0 && !signal.aborted;) {
      try {
        await takeUp();
        failures = 0;
      } catch (error) {
        if (asking.signal.aborted) continue;
        tell(error);
        failures = failuresAfter(failures, { error });
        await rest.pause(backoffMs(failures, random()));
      }
    }
    isAtWork = false;
  };

  return {
    add(names) {
      for (const name of names) waiting.add(name);
      if (!isAtWork) void work();
    },
    wake() {
      asking.abort();
      rest.wake();
    },
  };
};

/** A node with 100,000 checks takes a minute or two, and is to keep nobody waiting. */
const smallFirst = (records: readonly NodeRecord[]): readonly NodeRecord[] =>
  [...records].sort((one, other) => one.checks.size - other.checks.size);

/** The node with a few of its checks at a time; one without checks in one part. */
function* partsOf({ node, checks }: NodeRecord): Iterable<NodeRecord> {
  let part = new Map<CheckKey, CheckRecord>();
  for (const [key, check] of checks) {
    part.set(key, check);
    if (part.size < CHECKS_AT_ONCE) continue;
    yield { node, checks: part };
    part = new Map();
  }
  if (part.size > 0 || checks.size === 0) yield { node, checks: part };
}

/** What of `record` is the very thing that was asked about; undefined: the node is another. */
const overlap = ({ node, checks }: NodeRecord, asked: NodeRecord): NodeRecord | undefined => {
  if (node.createIndex !== asked.node.createIndex) return undefined;
  const found = new Map<CheckKey, CheckRecord>();
  for (const [key, { createIndex }] of asked.checks) {
    const check = checks.get(key);
    if (check?.createIndex === createIndex) found.set(key, check);
  }
  return { node, checks: found };
};
