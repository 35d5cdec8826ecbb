import { expect, it } from 'vitest';
import { createBreather } from '../../src/breather.ts';
import { systemClock } from '../../src/clock.ts';

it('lets the event loop turn once work has gone on for 4 ms, and not before', async () => {
  let [nowMs, turns] = [0, 0];
  const clock = {
    ...systemClock,
    now: () => nowMs,
    afterPoll(call: () => void) {
      turns += 1;
      setImmediate(call);
    },
  };
  let isOthersTurn = false;
  setImmediate(() => (isOthersTurn = true));
  const breathe = createBreather(clock);
  for (; nowMs < 4; nowMs += 1) await breathe();
  expect([turns, isOthersTurn]).toEqual([0, false]);
  await breathe();
  expect([turns, isOthersTurn]).toEqual([1, true]);
  await breathe();
  expect(turns).toBe(1); // the next 4 ms begin with the turn
});
