/** Looking at something in Consul again and again, from whichever server answers. */
import { setTimeout as pause } from 'node:timers/promises';

/** Short, for nothing ends a read that waits. */
const LOOK_MS = 50;

/** Hands all that `look` resolves to to `note`, until disposed of. A look that fails is none: elections take seconds. */
export function follow<T>(look: () => Promise<T>, note: (seen: T) => void): AsyncDisposable {
  const over = new AbortController();
  const following = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      await look().then(note, () => undefined);
      await pause(LOOK_MS);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await following;
    },
  };
}
