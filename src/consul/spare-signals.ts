/**
 * Signals for requests, lent to one after the other until aborted: each takes a kilobyte, and V8 keeps every AbortSignal through its
 * quick collections, with all it refers to.
 */
const spare: AbortController[] = [];

/** One that nobody else has, and that is not aborted. */
export const lendSignal = (): AbortController => spare.pop() ?? new AbortController();

/** What it was lent for is over, and nobody heeds its signal any more. */
export const returnSignal = (lent: AbortController): void => {
  if (!lent.signal.aborted) spare.push(lent);
};
