/** The daemon's own trouble with probes: one ERROR when it begins, one INFO when it is over, however many probes meet it. */
import type { Clock } from '../clock.ts';
import type { EsmError } from '../errors.ts';
import type { Log } from '../observe/log.ts';

export interface Complaints {
  /** A probe of this kind could not be sent. */
  unsent(kind: string, error: EsmError): void;
  /** A probe of this kind was sent. */
  sent(kind: string): void;
}

/** Short of descriptors, every other probe fails: the trouble is over when none has failed for this long. */
const QUIET_MS = 60_000;

export const createComplaints = (log: Log, clock: Clock): Complaints => {
  const known = new Map<string, { readonly message: string; readonly atMs: number }>();
  return {
    unsent(kind, { message }) {
      if (known.get(kind)?.message !== message) log.error(`Cannot send ${kind} probes: ${message}`);
      known.set(kind, { message, atMs: clock.now() });
    },
    sent(kind) {
      const trouble = known.get(kind);
      if (trouble === undefined || clock.now() - trouble.atMs < QUIET_MS) return;
      known.delete(kind);
      log.info(`Can send ${kind} probes again`);
    },
  };
};
