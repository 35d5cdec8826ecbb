/** A signal that ends with the caller's, or when time is up. */
import type { Clock } from '../clock.ts';
import { startTimeLimit } from '../time-limit.ts';
import { lendSignal, returnSignal } from './spare-signals.ts';

/**
 * No longer than this more after a pause of the process: what is still unanswered then may have lost its connection, and is
 * asked again sooner than a blocking query would time out.
 */
const GRACE_MS = 1_000;

/**
 * Runs `task` under `signal` and a time-out of `timeoutMs` ms. Whatever `task` throws
 * when it is ended, for clients say no more than "aborted": rejects with the reason of the caller's signal, or with an error
 * that tells the time-out.
 */
export async function withDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const both = lendSignal();
  const onAbort = (): void => {
    both.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const stopLimit = startTimeLimit(clock, timeoutMs, GRACE_MS, () => {
    both.abort(new Error(`nothing within ${timeoutMs} ms`));
  });
  try {
    return await task(both.signal);
  } catch (error) {
    throw both.signal.aborted ? both.signal.reason : error;
  } finally {
    stopLimit();
    signal.removeEventListener('abort', onAbort);
    returnSignal(both);
  }
}
