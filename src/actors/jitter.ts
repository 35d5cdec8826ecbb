/** The back-off that charts declare without chance, with it. */
import { backoffMs } from '../../machines/rules/backoff.ts';
import type { Random } from '../clock.ts';

/** For `.provide({ delays })` of a chart that counts its failures in a row. */
export const jitteredBackoff =
  (random: Random) =>
  ({ context }: { readonly context: { readonly failures: number } }): number =>
    backoffMs(context.failures, random());
