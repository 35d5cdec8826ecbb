/** Waiting for a condition, never for a time. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Calls `look` until it gives something other than undefined and false, and resolves to that; looks again every `everyMs`.
 * Rejects after `deadlineMs` with `what` and the last error that `look` threw.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 20_000, everyMs = 10 } = {},
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + deadlineMs;
  for (let lastError: unknown; ;) {
    try {
      const seen = await look();
      // safe: the two excluded values are just what the test rules out
      if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > end) throw new Error(`not seen within ${deadlineMs} ms: ${what}`, { cause: lastError });
    await pause(everyMs);
  }
}
