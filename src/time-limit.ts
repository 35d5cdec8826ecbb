/** A time-out that blames nobody for the time in which this process itself did not run. */
import type { Clock, TimerId } from './clock.ts';

/** Time-outs are exact to this (behaviour.md section 4): a timer that fires later found the process stopped or starved. */
const EXACT_MS = 50;

/**
 * Calls `onOver` after `timeoutMs`, once the event loop has looked for what came in until then: Node runs due timers before it
 * reads sockets, and after a pause of some seconds every probe seemed unanswered with its answer in hand. A limit that is found
 * to be over late is moved by as much, in all by `graceMs` at most. Returns how to call it off.
 */
export const startTimeLimit = (clock: Clock, timeoutMs: number, graceMs: number, onOver: () => void): (() => void) => {
  let isOff = false;
  let leftMs = graceMs;
  let timer: TimerId;
  const wait = (ms: number): void => {
    const dueMs = clock.now() + ms;
    timer = clock.setTimeout(() => {
      const grantedMs = Math.min(clock.now() - dueMs, leftMs);
      leftMs -= grantedMs;
      if (grantedMs > EXACT_MS) wait(grantedMs);
      else clock.afterPoll(end);
    }, ms);
  };
  const end = (): void => {
    if (!isOff) onOver();
  };
  wait(timeoutMs);
  return () => {
    isOff = true;
    clock.clearTimeout(timer);
  };
};
