import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createSchedule, type Schedule } from '../../src/schedule.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

interface Setting {
  clock: VirtualClock;
  schedule: Schedule;
  starts: { key: string; atMs: number }[];
  lags: number[];
  /** Adds an entry whose runs take `runMs`. */
  add: (key: string, intervalMs: number, runMs?: number) => void;
  startsOf: (key: string) => number[];
  running: () => number;
}

const setUp = (options: { maxConcurrent?: number; random?: () => number } = {}): Setting => {
  const clock = createVirtualClock(1_000_000);
  const starts: Setting['starts'] = [];
  const lags: number[] = [];
  let running = 0;
  const schedule = createSchedule({
    clock,
    random: options.random ?? (() => 0.5),
    maxConcurrent: options.maxConcurrent ?? 1_000,
    onLag: (lagMs) => lags.push(lagMs),
  });
  return {
    clock,
    schedule,
    starts,
    lags,
    add: (key, intervalMs, runMs = 0) => {
      schedule.add(key, {
        intervalMs,
        start: (done) => {
          starts.push({ key, atMs: clock.now() - 1_000_000 });
          running += 1;
          clock.setTimeout(() => {
            running -= 1;
            done();
            done();
          }, runMs);
        },
      });
    },
    startsOf: (key) => starts.filter((start) => start.key === key).map((start) => start.atMs),
    running: () => running,
  };
};

/** Numbers that look random and are the same every time. */
const seeded = (): (() => number) => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

test('starts at once, sets its phase within the interval, and keeps its rate', async () => {
  const { clock, add, startsOf } = setUp();
  add('a', 10_000);
  await clock.advance(36_000);
  expect(startsOf('a')).toEqual([0, 5_000, 15_000, 25_000, 35_000]);
});

test('does not drift in an hour of ticks', async () => {
  const { clock, add, startsOf } = setUp({ random: () => 0.12 });
  add('a', 1_000, 100);
  await clock.advance(3_600_000);
  expect(
    startsOf('a')
      .slice(1)
      .every((atMs, i) => atMs === 150 + i * 1_000),
  ).toBe(true);
  expect(startsOf('a')).toHaveLength(3_601);
});

test('skips a tick that falls due while the run is going', async () => {
  const { clock, schedule, add, startsOf } = setUp();
  add('a', 1_000, 2_200);
  await clock.advance(7_000);
  // Ticks at 500, 1500, 2500, ...; the runs end at 2200, 4700, 6900.
  expect(startsOf('a')).toEqual([0, 2_500, 5_500]);
  expect(schedule.takeCounters()).toMatchObject({ started: 3, skipped: 5 });
});

test('a crowd: the first 500 at once, the rest evenly within the interval', async () => {
  const { clock, add, starts } = setUp({ random: seeded() });
  for (let i = 0; i < 2_500; i += 1) add(`check ${i}`, 10_000);
  await clock.advance(0);
  expect(starts).toHaveLength(500);
  await clock.advance(10_000);
  const firsts = new Map<string, number>();
  for (const { key, atMs } of starts) if (!firsts.has(key)) firsts.set(key, atMs);
  expect(firsts.size).toBe(2_500);
  const perSecond = Array.from({ length: 10 }, () => 0);
  for (const atMs of firsts.values()) if (atMs > 5) perSecond[Math.ceil(atMs / 1_000) - 1]! += 1;
  expect(Math.min(...perSecond)).toBeGreaterThan(140);
  expect(Math.max(...perSecond)).toBeLessThan(260);
});

test('a newcomer after the crowd starts at once', async () => {
  const { clock, add, startsOf } = setUp();
  for (let i = 0; i < 501; i += 1) add(`check ${i}`, 60_000);
  await clock.advance(1_000);
  add('late', 60_000);
  await clock.advance(0);
  expect(startsOf('late')).toEqual([1_000]);
});

test('of many that are due together each can leave, and the rest keep their ticks', async () => {
  const { clock, schedule, add, startsOf } = setUp();
  const names = Array.from({ length: 6 }, (_, i) => `check ${i}`);
  for (const name of names) add(name, 10_000);
  await clock.advance(6_000);
  for (const name of ['check 0', 'check 3', 'check 5']) schedule.remove(name);
  await clock.advance(10_000);
  const counts = names.map((name) => startsOf(name).length);
  expect(counts).toEqual([2, 3, 3, 2, 3, 2]);
});

test('entries added together do not march in step', async () => {
  const { clock, add, startsOf } = setUp({ random: seeded() });
  for (let i = 0; i < 100; i += 1) add(`check ${i}`, 10_000);
  await clock.advance(25_000);
  const phases = Array.from({ length: 100 }, (_, i) => startsOf(`check ${i}`)[1]);
  const atOnce = phases.map((phase) => phases.filter((other) => other === phase).length);
  expect(new Set(phases).size).toBeGreaterThan(70); // of the 200 that the grid has room for 79 are expected
  expect(Math.max(...atOnce)).toBeLessThan(5);
});

describe('at most maxConcurrent runs at once', () => {
  test('the others wait in the order of their due times', async () => {
    const { clock, add, starts, running } = setUp({ maxConcurrent: 2 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) add(key, 60_000, 100);
    await clock.advance(50);
    expect(running()).toBe(2);
    await clock.advance(400);
    expect(starts.map(({ key, atMs }) => `${key} ${atMs}`)).toEqual(['a 0', 'b 0', 'c 100', 'd 100', 'e 200']);
  });

  test('and their wait is told as lag', async () => {
    const { clock, schedule, add, lags } = setUp({ maxConcurrent: 1 });
    add('a', 60_000, 700);
    add('b', 60_000, 700);
    await clock.advance(1_000);
    expect(lags).toEqual([0, 700]);
    expect(schedule.takeCounters().maxLagMs).toBe(700);
    expect(schedule.takeCounters().maxLagMs).toBe(0);
  });

  test('one removed while it waits is never started', async () => {
    const { clock, schedule, add, startsOf } = setUp({ maxConcurrent: 1 });
    add('a', 60_000, 100);
    add('b', 60_000, 100);
    await clock.advance(50);
    schedule.remove('b');
    await clock.advance(1_000);
    expect(startsOf('b')).toEqual([]);
  });
});

test('a crowd that takes its time to come has run within an interval of its beginning, and who comes after it runs at once', async () => {
  const { clock, add, starts } = setUp({ random: seeded() });
  for (let second = 0; second < 12; second += 1) {
    for (let i = 0; i < 600; i += 1) add(`check ${second}/${i}`, 10_000);
    await clock.advance(999);
  }
  const beforeEnd = new Set(starts.map(({ key }) => key));
  expect(beforeEnd.size).toBe(12 * 600);
  await clock.advance(1_000);
  starts.length = 0;
  add('late', 10_000);
  await clock.advance(0);
  expect(starts.map(({ key }) => key)).toContain('late');
});

test('a turn of the event loop starts 64 at most, the next ones the rest', () => {
  const turns: (() => void)[] = [];
  const clock: Clock = {
    ...createVirtualClock(),
    setTimeout: (turn) => turns.push(turn),
    clearTimeout: () => turns.pop(),
  };
  let count = 0;
  const schedule = createSchedule({ clock, random: () => 0, maxConcurrent: 5_000 });
  for (let i = 0; i < 150; i += 1) schedule.add(`check ${i}`, { intervalMs: 1_000, start: () => (count += 1) });
  const counts = [];
  for (let i = 0; i < 3; i += 1) {
    turns.shift()?.();
    counts.push(count);
  }
  expect(counts).toEqual([64, 128, 150]);
});

test('a removed entry starts no more, whether idle or running', async () => {
  const { clock, schedule, add, startsOf } = setUp();
  add('idle', 1_000);
  add('running', 1_000, 400);
  await clock.advance(100);
  schedule.remove('idle');
  schedule.remove('running');
  schedule.remove('never there');
  await clock.advance(10_000);
  expect(startsOf('idle')).toEqual([0]);
  expect(startsOf('running')).toEqual([0]);
});

test('a removed entry whose run goes on still counts as running until it is done', async () => {
  const { clock, schedule, add, startsOf } = setUp({ maxConcurrent: 1 });
  add('a', 60_000, 500);
  await clock.advance(100);
  schedule.remove('a');
  add('b', 60_000);
  await clock.advance(300);
  expect(startsOf('b')).toEqual([]);
  await clock.advance(200);
  expect(startsOf('b')).toEqual([500]);
});

describe('setInterval', () => {
  test('shorter: the next start comes within the new interval', async () => {
    const { clock, schedule, add, startsOf } = setUp();
    add('a', 3_600_000);
    await clock.advance(100);
    schedule.setInterval('a', 2_000);
    await clock.advance(6_000);
    expect(startsOf('a')).toEqual([0, 1_100, 3_100, 5_100]);
  });

  test('longer: the next tick stays, the rate changes behind it', async () => {
    const { clock, schedule, add, startsOf } = setUp();
    add('a', 2_000);
    await clock.advance(100);
    schedule.setInterval('a', 10_000);
    await clock.advance(22_000);
    expect(startsOf('a')).toEqual([0, 1_000, 11_000, 21_000]);
  });
});

describe('runNow', () => {
  test('starts an idle entry out of its turn and leaves its phase', async () => {
    const { clock, schedule, add, startsOf } = setUp();
    add('a', 10_000);
    await clock.advance(1_000);
    schedule.runNow('a');
    await clock.advance(15_000);
    expect(startsOf('a')).toEqual([0, 1_000, 5_000, 15_000]);
  });

  test('while a run is going starts once more right after it, however often asked', async () => {
    const { clock, schedule, add, startsOf } = setUp();
    add('a', 10_000, 300);
    await clock.advance(100);
    schedule.runNow('a');
    schedule.runNow('a');
    await clock.advance(1_000);
    expect(startsOf('a')).toEqual([0, 300]);
  });

  test('of an unknown key does nothing', () => {
    const { schedule, starts } = setUp();
    schedule.runNow('a');
    expect(starts).toEqual([]);
  });
});

test('adding a known key replaces the entry and starts nothing out of turn', async () => {
  const { clock, schedule, startsOf, add, starts } = setUp();
  const record = (done: () => void): void => {
    starts.push({ key: 'new a', atMs: clock.now() - 1_000_000 });
    done();
  };
  add('a', 10_000);
  await clock.advance(1_000);
  schedule.add('a', {
    intervalMs: 10_000,
    start: record,
  });
  await clock.advance(10_000);
  expect(startsOf('a')).toEqual([0]);
  expect(startsOf('new a')).toEqual([5_000]);
});

test('after a pause of the process each entry starts once, and goes on in its old rhythm', async () => {
  const { clock, schedule, add, startsOf } = setUp();
  add('a', 1_000);
  add('b', 1_000);
  await clock.advance(1_500);
  schedule.takeCounters();
  clock.stall(5_000);
  await clock.advance(2_000);
  expect(startsOf('a')).toEqual([0, 500, 1_500, 6_500, 7_500, 8_500]);
  expect(startsOf('b')).toEqual(startsOf('a'));
  expect(schedule.takeCounters()).toMatchObject({ started: 6, skipped: 8 });
});

test('after stop nothing starts, and no timer is left', async () => {
  const { clock, schedule, add, starts } = setUp({ maxConcurrent: 1 });
  add('a', 1_000, 200);
  add('b', 1_000, 200);
  await clock.advance(100);
  schedule.stop();
  await clock.advance(10_000);
  expect(starts).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

describe('a wall clock that is set', () => {
  /** An entry every 10 s on a clock whose time can be shifted, its timers unmoved. */
  const setUpShifted = (): { clock: VirtualClock; shift: { ms: number }; started: () => number } => {
    const clock = createVirtualClock(1_000_000);
    const shift = { ms: 0 };
    let started = 0;
    const shifted: Clock = {
      ...clock,
      now: () => clock.now() + shift.ms,
      setTimeout: (fn, delayMs) => clock.setTimeout(fn, delayMs),
      clearTimeout: (id) => {
        clock.clearTimeout(id);
      },
    };
    const start = (done: () => void): void => {
      started += 1;
      done();
    };
    createSchedule({ clock: shifted, random: () => 0.5, maxConcurrent: 10 }).add('a', { intervalMs: 10_000, start });
    return { clock, shift, started: () => started };
  };

  test('back an hour does not stop the ticks for that hour', async () => {
    const { clock, shift, started } = setUpShifted();
    await clock.advance(6_000);
    shift.ms = -3_600_000;
    await clock.advance(60_000);
    expect(started()).toBeGreaterThanOrEqual(7);
  });

  test('forward an hour brings one start, not all of that hour', async () => {
    const { clock, shift, started } = setUpShifted();
    await clock.advance(6_000);
    shift.ms = 3_600_000;
    await clock.advance(10_000);
    expect(started()).toBe(3);
  });
});

test('50,000 entries keep their rate', async () => {
  const { clock, schedule } = setUp({ random: seeded() });
  let count = 0;
  const start = (done: () => void): void => {
    count += 1;
    done();
  };
  for (let i = 0; i < 50_000; i += 1) schedule.add(`check ${i}`, { intervalMs: 60_000, start });
  await clock.advance(60_000);
  const firsts = count;
  await clock.advance(60_000);
  expect(count - firsts).toBe(50_000);
});
