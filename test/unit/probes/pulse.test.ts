import { expect, test } from 'vitest';
import { Pulse } from '../../../src/probes/workers/pulse.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const start = ({ isAnswering = true } = {}) => {
  const clock = createVirtualClock();
  const seen = { asked: 0, silences: [] as string[], isAnswering };
  const ask = (): void => {
    seen.asked += 1;
    if (seen.isAnswering) clock.afterPoll(beat);
  };
  const pulse = new Pulse(clock, ask, (reason) => seen.silences.push(reason));
  const beat = (): void => {
    pulse.beat();
  };
  return { clock, seen, pulse };
};

test('who answers is asked for ever', async () => {
  const { clock, seen } = start();
  await clock.advance(60_000);
  expect(seen).toMatchObject({ asked: 20, silences: [] });
});

test('who leaves five questions without an answer is silent, which is told once', async () => {
  const { clock, seen } = start({ isAnswering: false });
  await clock.advance(17_999);
  expect(seen).toMatchObject({ asked: 5, silences: [] });
  await clock.advance(60_000);
  expect(seen).toMatchObject({ asked: 5, silences: ['it gave no sign of life for 15 s'] });
  expect(clock.pending).toBe(0);
});

test('one answer is enough to be asked five times more', async () => {
  const { clock, seen, pulse } = start({ isAnswering: false });
  await clock.advance(17_000);
  pulse.beat();
  await clock.advance(15_999);
  expect(seen.silences).toEqual([]);
  await clock.advance(1);
  expect(seen.silences).toHaveLength(1);
});

test('a process that stood still for a minute ends nobody', async () => {
  const { clock, seen } = start();
  clock.stall(60_000);
  await clock.advance(60_000);
  expect(seen.silences).toEqual([]);
});

test('nobody is asked after the end', async () => {
  const { clock, seen, pulse } = start();
  pulse.stop();
  await clock.advance(60_000);
  expect(seen.asked).toBe(0);
  expect(clock.pending).toBe(0);
});
