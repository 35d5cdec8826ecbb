/** A signal that ends with the caller's, or when time is up. */
import type { Clock } from '../clock.ts';

/**
 * Runs `task` under `signal` and a time-out of `timeoutMs` ms. When the caller's signal ends it, rejects with that
 * signal's reason, whatever `task` threw; the task's own signal carries an error that tells the time-out.
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
    throw signal.aborted ? signal.reason : error;
  } finally {
    clock.clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
