/** A signal that ends with the caller's, or when time is up. */
import type { Clock } from '../clock.ts';

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
  const both = new AbortController();
  const onAbort = (): void => {
    both.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = clock.setTimeout(() => {
    both.abort(new Error(`nothing within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await task(both.signal);
  } catch (error) {
    throw both.signal.aborted ? both.signal.reason : error;
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
