/** How long something that has died waits before it is started anew. */
import { backoffMs } from '../machines/rules/backoff.ts';
import type { Clock, Random } from './clock.ts';

export interface Relapses {
  /** Notes that `name` has died, and tells how long it is to wait: longer each time. */
  note(name: string): number;
}

/** Whoever lived for longer than this dies for the first time again. */
const HEALTH_MS = 60_000;

export const createRelapses = (clock: Clock, random: Random): Relapses => {
  const deaths = new Map<string, { readonly inARow: number; readonly atMs: number }>();

  const forgetOld = (): void => {
    for (const [name, { atMs }] of deaths) if (clock.now() - atMs > HEALTH_MS) deaths.delete(name);
  };

  return {
    note(name) {
      forgetOld();
      const inARow = (deaths.get(name)?.inARow ?? 0) + 1;
      deaths.set(name, { inARow, atMs: clock.now() });
      return backoffMs(inARow, random());
    },
  };
};
