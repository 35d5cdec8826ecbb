import { expect, it } from 'vitest';
import { Runs } from '../../../src/actors/runs.ts';
import type { RunSignal } from '../../../src/run-signal.ts';
import { createSchedule } from '../../../src/schedule.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const setUp = (work: (signal: RunSignal) => Promise<void>) => {
  const clock = createVirtualClock();
  const schedule = createSchedule({ clock, random: () => 0.5, maxConcurrent: 10 });
  const signals: RunSignal[] = [];
  const runs: Runs = new Runs(schedule, 'k', 1_000, {
    onDue() {
      runs.begin((signal) => {
        signals.push(signal);
        return work(signal);
      });
    },
  });
  return { clock, schedule, signals, runs };
};

const untilAborted = (signal: RunSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.onAbort = resolve;
  });

it('begins one run a tick, with a signal that no earlier run has ended', async () => {
  const { clock, schedule, signals } = setUp(() => Promise.resolve());
  await clock.advance(3_499);
  expect(signals.map(({ isAborted }) => isAborted)).toEqual([false, false, false, false]);
  schedule.stop();
});

it('begins none while one is going, and the next when that was ended as out of date', async () => {
  const { clock, schedule, signals, runs } = setUp(untilAborted);
  await clock.advance(10_000);
  expect(signals).toHaveLength(1);
  runs.abort();
  await clock.advance(1_000);
  expect(signals.map(({ isAborted }) => isAborted)).toEqual([true, false]);
  runs.stop();
  schedule.stop();
});

it('ends the run under way and begins none any more once stopped', async () => {
  const { clock, schedule, signals, runs } = setUp(untilAborted);
  await clock.advance(0);
  runs.stop();
  expect(signals[0]?.isAborted).toBe(true);
  await clock.advance(10_000);
  expect(signals).toHaveLength(1);
  schedule.stop();
  expect(clock.pending).toBe(0);
});

it('is ready for the next tick when nothing was begun at this one', async () => {
  const clock = createVirtualClock();
  const schedule = createSchedule({ clock, random: () => 0.5, maxConcurrent: 1 });
  let ticks = 0;
  new Runs(schedule, 'k', 1_000, {
    onDue() {
      ticks += 1;
    },
  });
  await clock.advance(3_499);
  expect(ticks).toBe(4);
  schedule.stop();
});

it('gives each run a signal of its own', async () => {
  const [one, other] = [setUp(untilAborted), setUp(untilAborted)];
  await one.clock.advance(0);
  await other.clock.advance(0);
  expect(one.signals[0]).not.toBe(other.signals[0]);
  one.runs.stop();
  expect(other.signals[0]?.isAborted).toBe(false);
  other.runs.stop();
  const brief = setUp(() => Promise.resolve());
  await brief.clock.advance(5_499);
  expect(brief.signals).toHaveLength(6);
  expect(new Set(brief.signals).size).toBe(6);
  for (const { schedule } of [one, other, brief]) schedule.stop();
});
