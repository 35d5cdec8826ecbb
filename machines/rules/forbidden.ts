/** Writes that the token may not make. They wait apart, where they hold nobody up, and are tried again a batch at a time. */
import type { Write, WriteOutcome } from '../model.ts';
import { takeTransaction, type WriteQueue } from './queue.ts';

export interface ForbiddenWrites {
  /** By subject, the one whose last try is longest ago first. */
  readonly waiting: WriteQueue;
  /** Subjects back in the queue or on their way, to be tried again. */
  readonly retried: Set<string>;
}

export const nothingForbidden = (): ForbiddenWrites => ({ waiting: new Map(), retried: new Set() });

/** Puts as many as one transaction takes back into the queue: enough to learn whether the permission is there. */
export const retrySome = (queue: WriteQueue, { waiting, retried }: ForbiddenWrites): void => {
  for (const write of takeTransaction(waiting)) {
    queue.set(write.subject, write);
    retried.add(write.subject);
  }
};

/** Puts all of them back into the queue. */
export const retryAll = (queue: WriteQueue, forbidden: ForbiddenWrites): void => {
  while (forbidden.waiting.size > 0) retrySome(queue, forbidden);
};

/** One that was refused before has been taken: the others have a chance too. Notes that those in flight have come back. */
export const noteTried = (
  queue: WriteQueue,
  forbidden: ForbiddenWrites,
  inFlight: readonly Write[],
  outcomes: readonly WriteOutcome[],
): void => {
  const committed = new Set(outcomes.flatMap(({ id, type }) => (type === 'committed' ? id : [])));
  const tried = inFlight.filter(({ subject }) => forbidden.retried.delete(subject));
  if (tried.some(({ id }) => committed.has(id))) retryAll(queue, forbidden);
};
