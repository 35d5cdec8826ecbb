/** Nodes and checks on their way in: started as soon as it is read from KV since when they have failed. */
import type { CheckRecord } from '../machines/model.ts';
import { backoffMs, failuresAfter } from '../machines/rules/backoff.ts';
import type { NodeRecord } from '../machines/rules/reconcile.ts';
import type { Clock, Random } from './clock.ts';
import type { Catalog, FailureTimes } from './consul/consul.ts';
import { createRest } from './consul/rest.ts';
import { EsmError } from './errors.ts';
import { pause } from './pause.ts';

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

/** Nodes started in one turn of the event loop. */
const STARTS_PER_TURN = 100;

/**
 * `missing` tells what of a node is wanted and does not run: all of it, or checks that joined it; undefined: nothing. Nothing is
 * taken up after `signal`.
 */
export const createAdoption = (
  { catalog, clock, random, onTrouble }: AdoptionDeps,
  missing: (name: string) => NodeRecord | undefined,
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
  const startOne = (asked: NodeRecord, times: FailureTimes): void => {
    const { name } = asked.node;
    const record = missing(name);
    if (record !== undefined) {
      const ready = overlap(record, asked);
      if (ready !== undefined) start(ready, times);
    }
    if (missing(name) === undefined) waiting.delete(name);
  };

  const takeUp = async (): Promise<void> => {
    const asked = allMissing();
    if (asked.length === 0) return;
    const names = asked.map(({ node }) => node.name);
    const ids = asked.flatMap(({ checks }) => [...checks.values()].map(({ id }) => id));
    asking = new AbortController();
    const times = await catalog.readFailureTimes(names, ids, asking.signal);
    for (const [index, record] of asked.entries()) {
      if (index % STARTS_PER_TURN === STARTS_PER_TURN - 1) await pause(clock, 0, signal);
      if (signal.aborted) return;
      startOne(record, times);
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

/** What of `record` is the very thing that was asked about; undefined: the node is another. */
const overlap = ({ node, checks }: NodeRecord, asked: NodeRecord): NodeRecord | undefined => {
  if (node.createIndex !== asked.node.createIndex) return undefined;
  const isAsked = (check: CheckRecord): boolean => asked.checks.get(check.key)?.createIndex === check.createIndex;
  return { node, checks: new Map([...checks].filter(([, check]) => isAsked(check))) };
};
