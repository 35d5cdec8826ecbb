// What src/actors/check.ts and node.ts rest on when they do not tell a chart of a tick or of a result.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckStatus, Rejection } from '../../machines/model.ts';
import { isEcho, isPingUneventful, isUneventful } from '../../machines/rules/uneventful.ts';
import { startCheckChart, type CheckChart } from '../support/check-chart.ts';
import { startNodeChart, type NodeChart } from '../support/node-chart.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const STATUSES: readonly CheckStatus[] = ['passing', 'warning', 'critical'];
const OUTPUTS = ['ok', 'bad', 'worse'];
const RESULTS = STATUSES.flatMap((one) => OUTPUTS.map((other) => [one, other] as const));
const status = fc.constantFrom(...STATUSES);
const output = fc.constantFrom(...OUTPUTS);
const settings = fc.record({
  thresholds: fc.record({ passing: fc.nat(2), critical: fc.nat(2) }),
  checkUpdateIntervalMs: fc.constantFrom(0, 5_000, 300_000),
});
const deadline = fc.option(fc.constantFrom(1_000, 60_000), { nil: undefined });
const pauses = fc.constantFrom(1, 1_500, 5_000, 61_000);
const rejections = fc.oneof(
  fc.constantFrom<Rejection>({ reason: 'gone' }, { reason: 'fenced' }, { reason: 'untimed' }),
  status.map((now): Rejection => ({ reason: 'changed', status: now })),
);

/** Something that befalls a chart. */
type Turn<Chart> = (chart: Chart, clock: VirtualClock) => Promise<void> | void;

/** One of the writes that have been made so far, if there is one. */
const answer = <Chart extends CheckChart | NodeChart>(nth: number, give: (chart: Chart) => void): Turn<Chart> => {
  return (chart) => {
    if (chart.submitted.length > nth) give(chart);
  };
};
const nthLast = fc.nat(2);
const passing = pauses.map((ms) => (_: unknown, clock: VirtualClock) => clock.advance(ms));

/** Snapshot, calls of ports and timers: all by which a chart can be told from what it was. */
const picture = ({ actor, submitted, withdrawn, haste }: CheckChart | NodeChart, clock: VirtualClock): unknown => {
  const { status, value, context } = actor.getSnapshot();
  return structuredClone([status, value, context, submitted.length, withdrawn.length, haste(), clock.pending]);
};

/** Sends a tick: nothing but a run starts, and that has the next number. */
const tickStartsOneRun = (chart: CheckChart | NodeChart, clock: VirtualClock, tick: () => void): void => {
  const { run } = chart.actor.getSnapshot().context;
  const [runs, before] = [chart.runs.length, structuredClone(picture(chart, clock)) as unknown[]];
  tick();
  expect(chart.runs.slice(runs)).toEqual([run + 1]);
  (before[2] as { run: number }).run += 1; // safe: the third of a picture is the context
  expect(picture(chart, clock)).toEqual(before);
};

/** Anything but the first says that nothing was tried. */
let [uneventful, eventful, echoes] = [0, 0, 0];
afterAll(() => {
  expect(Math.min(uneventful, eventful, echoes)).toBeGreaterThan(100);
});

describe('a steady check', () => {
  const turn: fc.Arbitrary<Turn<CheckChart>> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(status, output).map(([seen, said]) => (chart: CheckChart) => {
        chart.probe(seen, said);
      }),
    },
    {
      weight: 3,
      arbitrary: nthLast.map((nth) =>
        answer(nth, (chart: CheckChart) => {
          chart.commit(chart.submitted.at(-1 - nth));
        }),
      ),
    },
    fc.tuple(nthLast, rejections).map(([nth, why]) =>
      answer(nth, (chart: CheckChart) => {
        chart.reject(why, chart.submitted.at(-1 - nth));
      }),
    ),
    nthLast.map((nth) =>
      answer(nth, (chart: CheckChart) => {
        chart.supersede(chart.submitted.at(-1 - nth));
      }),
    ),
    fc.tuple(status, output).map(([now, says]) => (chart: CheckChart) => {
      chart.tell({ type: 'check.changed', status: now, output: says });
    }),
    deadline.map((ms) => (chart: CheckChart) => {
      chart.tell({ type: 'check.updated', deregisterAfterMs: ms });
    }),
    settings.map((next) => (chart: CheckChart) => {
      chart.tell({ type: 'settings.changed', settings: next });
    }),
    { weight: 2, arbitrary: passing },
  );
  const entry = fc.record({ status, output, deregisterAfterMs: deadline, settings });

  /** Told in every state, steady or not. */
  const listen = (chart: CheckChart, clock: VirtualClock): void => {
    for (const [seen, said] of RESULTS) {
      if (!isEcho(chart.actor.getSnapshot().context, seen, said)) continue;
      echoes += 1;
      const before = picture(chart, clock);
      chart.tell({ type: 'check.changed', status: seen, output: said });
      expect(picture(chart, clock)).toEqual(before);
    }
  };

  const look = (chart: CheckChart, clock: VirtualClock): void => {
    for (const [seen, said] of RESULTS) {
      const snapshot = chart.actor.getSnapshot();
      const { context } = snapshot;
      const result = { status: seen, output: said, sentAtMs: clock.now(), atMs: clock.now() };
      if (!isUneventful(context, result, snapshot.hasTag('waiting'))) {
        eventful += 1;
        continue;
      }
      uneventful += 1;
      const before = picture(chart, clock);
      chart.actor.send({ type: 'check.probed', run: context.run, ...result });
      expect(picture(chart, clock)).toEqual(before);
    }
  };

  it('stays as it is at an uneventful result or an echo, and at a tick does nothing but start a run', async () => {
    const story = fc.asyncProperty(entry, fc.array(turn, { maxLength: 15 }), async (start, turns) => {
      const clock = createVirtualClock(1_000_000);
      const chart = startCheckChart(start, { clock });
      for (const befall of turns) {
        await befall(chart, clock);
        listen(chart, clock);
        if (!chart.actor.getSnapshot().hasTag('steady')) continue;
        look(chart, clock);
        tickStartsOneRun(chart, clock, () => {
          chart.tell({ type: 'check.due' });
        });
      }
      chart.actor.stop();
    });
    await fc.assert(story, { numRuns: 100 });
  });

  it('is one that has settled, and has no deadline behind it', async () => {
    const clock = createVirtualClock(1_000_000);
    const chart = startCheckChart({ status: 'critical', output: 'bad', deregisterAfterMs: 1_000 }, { clock });
    const isSteady = (): boolean => chart.actor.getSnapshot().hasTag('steady');
    const seen = [isSteady()];
    chart.probe('critical', 'bad');
    chart.commit();
    seen.push(isSteady());
    await clock.advance(1_000);
    expect([...seen, isSteady()]).toEqual([false, true, false]);
    chart.actor.stop();
  });
});

describe('a steady node', () => {
  const turn: fc.Arbitrary<Turn<NodeChart>> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.boolean().map((isReachable) => (chart: NodeChart) => {
        chart.ping(isReachable);
      }),
    },
    {
      weight: 3,
      arbitrary: nthLast.map((nth) =>
        answer(nth, (chart: NodeChart) => {
          chart.commit(chart.submitted.at(-1 - nth));
        }),
      ),
    },
    fc.tuple(nthLast, rejections).map(([nth, why]) =>
      answer(nth, (chart: NodeChart) => {
        chart.reject(why, chart.submitted.at(-1 - nth));
      }),
    ),
    nthLast.map((nth) =>
      answer(nth, (chart: NodeChart) => {
        chart.supersede(chart.submitted.at(-1 - nth));
      }),
    ),
    fc.constantFrom('passing' as const, 'critical' as const, undefined).map((now) => (chart: NodeChart) => {
      chart.tell({ type: 'health.changed', status: now });
    }),
    fc.boolean().map((isProbed) => (chart: NodeChart) => {
      chart.tell({ type: 'node.updated', isProbed });
    }),
    { weight: 2, arbitrary: passing },
  );
  const entry = fc.record({
    status: fc.constantFrom('passing' as const, 'critical' as const, undefined),
    failingSinceMs: fc.constantFrom(undefined, 999_000),
    settings: fc.record({
      nodeReconnectTimeoutMs: fc.constantFrom(10_000, 100_000),
      nodeHealthRefreshIntervalMs: fc.constantFrom(5_000, 300_000),
    }),
  });

  const look = (chart: NodeChart, clock: VirtualClock): void => {
    for (const isReachable of [true, false]) {
      const { context } = chart.actor.getSnapshot();
      if (!isPingUneventful(context, isReachable, clock.now())) {
        eventful += 1;
        continue;
      }
      uneventful += 1;
      const before = picture(chart, clock);
      chart.tell({ type: 'node.pinged', run: context.run, isReachable, sentAtMs: clock.now() });
      expect(picture(chart, clock)).toEqual(before);
    }
  };

  it('stays as it is at an uneventful ping, and at a tick does nothing but start a run', async () => {
    const story = fc.asyncProperty(entry, fc.array(turn, { maxLength: 15 }), async (start, turns) => {
      const clock = createVirtualClock(1_000_000);
      const chart = startNodeChart(start, { clock });
      for (const befall of turns) {
        await befall(chart, clock);
        if (!chart.actor.getSnapshot().hasTag('steady')) continue;
        look(chart, clock);
        tickStartsOneRun(chart, clock, () => {
          chart.tell({ type: 'node.due' });
        });
      }
      chart.actor.stop();
    });
    await fc.assert(story, { numRuns: 100 });
  });

  it('is one that is alive or suspect, no other', async () => {
    const clock = createVirtualClock(1_000_000);
    const settings = { nodeReconnectTimeoutMs: 1_000, nodeHealthRefreshIntervalMs: 300_000 };
    const chart = startNodeChart({ settings }, { clock });
    const isSteady = (): boolean => chart.actor.getSnapshot().hasTag('steady');
    const seen = [isSteady()];
    chart.ping(false);
    chart.commit();
    seen.push(isSteady());
    await clock.advance(1_000);
    seen.push(isSteady());
    chart.tell({ type: 'node.updated', isProbed: false });
    expect([...seen, isSteady()]).toEqual([true, true, false, false]);
    chart.actor.stop();
  });
});
