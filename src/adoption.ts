/** Nodes on their way in: started as soon as it is read from KV since when they and their checks have failed. */
import { backoffMs } from '../machines/rules/backoff.ts';
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
  /** Told when the failure times, without which no node may start, cannot be read. */
  readonly onTrouble: (error: EsmError) => void;
}

export interface Adoption {
  /** Takes up the nodes of these names, once for each. */
  add(names: readonly string[]): void;
  /** Consul is back: what waited for it is tried again now. */
  wake(): void;
}

/** Nodes started in one turn of the event loop. */
const STARTS_PER_TURN = 100;

/** `wanted` tells how a node stands when its turn comes, undefined: no longer wanted. Nothing is taken up after `signal`. */
export const createAdoption = (
  { catalog, clock, random, onTrouble }: AdoptionDeps,
  wanted: (name: string) => NodeRecord | undefined,
  start: (record: NodeRecord, failures: FailureTimes) => void,
  signal: AbortSignal,
): Adoption => {
  const waiting = new Set<string>();
  const rest = createRest(clock, signal);
  let isAtWork = false;

  const startAll = async (names: readonly string[], times: FailureTimes): Promise<void> => {
    for (const [index, name] of names.entries()) {
      if (index % STARTS_PER_TURN === STARTS_PER_TURN - 1) await pause(clock, 0, signal);
      if (signal.aborted) return;
      waiting.delete(name);
      const record = wanted(name);
      if (record !== undefined) start(record, times);
    }
  };

  const takeUp = async (): Promise<void> => {
    const names = [...waiting];
    const ids = names.flatMap((name) => [...(wanted(name)?.checks.values() ?? [])].map(({ id }) => id));
    await startAll(names, await catalog.readFailureTimes(names, ids, signal));
  };

  const tell = (error: unknown): void => {
    if (signal.aborted) return;
    onTrouble(error instanceof EsmError ? error : new EsmError('ESM_UNEXPECTED', String(error), { cause: error }));
  };

  const work = async (): Promise<void> => {
    isAtWork = true;
    for (let failures = 0; waiting.size > 0 && !signal.aborted;) {
      try {
        await takeUp();
        failures = 0;
      } catch (error) {
        tell(error);
        await rest.pause(backoffMs(++failures, random()));
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
      rest.wake();
    },
  };
};
