/** Delays that charts declare without chance, with it. */
import { backoffMs } from '../../machines/rules/backoff.ts';
import { lacksOutput, outputWaitMs, type Ledger } from '../../machines/rules/ledger.ts';
import type { Random } from '../clock.ts';

/** For `.provide({ delays })` of a chart that counts its failures in a row. */
export const jitteredBackoff =
  (random: Random) =>
  ({ context }: { readonly context: { readonly failures: number } }): number =>
    backoffMs(context.failures, random());

/** Node keeps a list for all timers of one delay: with as many delays as timers each would have a list of its own. */
const STEP_MS = 100;

/**
 * What the chart of a check waits with a new output. With the first it waits between half of what it may and all of that, so that the
 * outputs of all checks of a fresh catalog are written spread; as spread are those that come after.
 */
export const spreadOutputWait =
  (random: Random) =>
  ({ context }: { readonly context: Ledger }): number => {
    const mostMs = outputWaitMs(context);
    if (!lacksOutput(context)) return mostMs;
    return Math.floor((mostMs * (1 - random() / 2)) / STEP_MS) * STEP_MS;
  };
