/**
 * Who wants to know of a signal's abort. A signal is lent to one run after the other, and Node keeps listeners in a Map, of which each coming
 * and going makes V8 a new table: one listener serves them all.
 */
interface Ear {
  hear: (() => void) | undefined;
}

const ears = new WeakMap<AbortSignal, Ear>();

const earOf = (signal: AbortSignal): Ear => {
  const known = ears.get(signal);
  if (known !== undefined) return known;
  const ear: Ear = { hear: undefined };
  ears.set(signal, ear);
  signal.addEventListener('abort', () => ear.hear?.());
  return ear;
};

/** Calls `onAbort` when the signal, which is not aborted, is. */
export const heed = (signal: AbortSignal, onAbort: () => void): void => {
  const ear = earOf(signal);
  if (ear.hear === undefined) ear.hear = onAbort;
  else signal.addEventListener('abort', onAbort);
};

/** Nothing happens when it is not heeded by `onAbort`. */
export const unheed = (signal: AbortSignal, onAbort: () => void): void => {
  const ear = ears.get(signal);
  if (ear?.hear === onAbort) ear.hear = undefined;
  else signal.removeEventListener('abort', onAbort);
};
