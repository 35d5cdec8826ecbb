import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteOutcome, WriteReply } from '../../machines/model.ts';
import { writerMachine, type CommitInput, type WriterActors, type WriterPorts } from '../../machines/writer.ts';
import type { PortActions } from '../../src/actors/port-actions.ts';
import { createWriter } from '../../src/actors/writer.ts';
import type { Committer } from '../../src/consul/consul.ts';
import { createCoverage } from '../support/chart.ts';
import { startChildChart, type ChildChart } from '../support/child-chart.ts';
import { createPromisePort, flush } from '../support/fake-ports.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';
import { aWrite } from '../support/writes.ts';

const GATHER_MS = 500;
/** How long a crowd's next transaction waits for more. */
const FILL_MS = 50;
const coverage = createCoverage(writerMachine);

let clock = createVirtualClock();
let commit = createPromisePort<readonly WriteOutcome[], CommitInput>();
let answers: WriteReply[] = [];
let chart: ChildChart<typeof writerMachine>;

const start = (batchFlushIntervalMs = GATHER_MS): void => {
  const wired = writerMachine.provide({
    actors: { commit: commit.logic } satisfies WriterActors,
    actions: {
      answer: (_, { replies }) => {
        answers.push(...replies);
      },
    } satisfies PortActions<typeof writerMachine, WriterPorts>,
  });
  chart = startChildChart(wired, { batchFlushIntervalMs }, { clock, inspect: coverage.inspect });
};

beforeEach(() => {
  clock = createVirtualClock();
  commit = createPromisePort();
  answers = [];
  start();
});

afterEach(async () => {
  chart.stop();
  await flush();
  expect(clock.pending).toBe(0);
});

const submit = (...writes: ReturnType<typeof aWrite>[]): void => {
  chart.actor.send({ type: 'write.submitted', writes });
};

const many = (count: number, prefix = 'w') =>
  Array.from({ length: count }, (_, index) => aWrite(`${prefix}${index + 1}`));

const inFlight = (): string[] => commit.last().input.writes.map(({ id }) => id);

type Fate = { readonly type: 'committed' } | { readonly type: 'owed' | 'forbidden'; readonly reason: string };

const settleAll = async (fate: Fate): Promise<void> => {
  const { resolve, input } = commit.last();
  resolve(input.writes.map(({ id }) => ({ id, ...fate })));
  await flush();
};

const commitAll = (): Promise<void> => settleAll({ type: 'committed' });
const oweAll = (): Promise<void> => settleAll({ type: 'owed', reason: 'connection refused' });
const forbidAll = (): Promise<void> => settleAll({ type: 'forbidden', reason: 'Permission denied' });
/** The two regions. */
const transactions = (): unknown => (chart.state() as { transactions: unknown }).transactions; // safe: read only
const permission = (): unknown => (chart.state() as { permission: unknown }).permission; // safe: read only
const toldTypes = (): string[] => chart.told.map(({ type }) => type);

/** One write is with Consul. */
const becomeCommitting = async (): Promise<void> => {
  submit(aWrite('a'));
  await clock.advance(GATHER_MS);
  expect(transactions()).toBe('committing');
};

describe('gathering', () => {
  it('from idle on a write; goes out after batch_flush_interval, to the millisecond', async () => {
    expect(transactions()).toBe('idle');
    expect(chart.actor.getSnapshot().context).toMatchObject({ inFlight: [], withdrawn: [], replies: [] });
    submit(aWrite('a'));
    expect(transactions()).toBe('gathering');
    await clock.advance(GATHER_MS - 1);
    submit(aWrite('b'));
    expect(commit.calls).toHaveLength(0);
    await clock.advance(1);
    expect(transactions()).toBe('committing');
    expect(commit.last().input).toMatchObject({ onStaleIndex: 'settle' });
    expect(inFlight()).toEqual(['a', 'b']);
  });

  it('goes out when the event loop turns if the interval is 0', async () => {
    chart.stop();
    start(0);
    submit(aWrite('a'), aWrite('b'));
    expect(commit.calls).toHaveLength(0);
    await clock.advance(0);
    expect(inFlight()).toEqual(['a', 'b']);
  });

  it('goes out at once when 63 operations wait, which with the fence are all that Consul takes', () => {
    submit(...many(62));
    expect(commit.calls).toHaveLength(0);
    submit(aWrite('removal', 'removal', 1, true));
    expect(inFlight()).toHaveLength(63);
  });

  it('goes back to idle when all that waited was taken back, and answers it', () => {
    submit(aWrite('a'));
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    expect(transactions()).toBe('idle');
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
  });

  it('answers the older write of a subject at once, and sends the newer', async () => {
    submit(aWrite('old', 's'), aWrite('new', 's'));
    expect(answers).toEqual([{ id: 'old', type: 'superseded' }]);
    await clock.advance(GATHER_MS);
    expect(inFlight()).toEqual(['new']);
  });

  it('takes nothing back where nothing waits', () => {
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    expect(transactions()).toBe('idle');
    expect(answers).toEqual([]);
  });
});

describe('filling, after eight writes that went out together', () => {
  const becomeFilling = async (): Promise<void> => {
    chart.stop();
    start(0);
    submit(...many(8, 'crowd'));
    await clock.advance(0);
    await commitAll();
    expect(transactions()).toBe('filling');
  };

  it('holds what comes next back for 50 ms, to the millisecond', async () => {
    await becomeFilling();
    submit(aWrite('next'));
    await clock.advance(FILL_MS - 1);
    expect(commit.calls).toHaveLength(1);
    await clock.advance(1);
    expect(inFlight()).toEqual(['next']);
  });

  it('lets a full transaction go at once', async () => {
    await becomeFilling();
    submit(...many(62));
    expect(commit.calls).toHaveLength(1);
    submit(aWrite('last'));
    expect(inFlight()).toHaveLength(63);
  });

  it('is over when nothing has come, and a single change goes out when the event loop turns again', async () => {
    await becomeFilling();
    await clock.advance(FILL_MS);
    expect(transactions()).toBe('idle');
    submit(aWrite('single'));
    await clock.advance(0);
    expect(inFlight()).toEqual(['single']);
    await commitAll();
    expect(transactions()).toBe('idle');
  });

  it('waits no shorter than batch_flush_interval', async () => {
    submit(...many(8, 'crowd'));
    await clock.advance(GATHER_MS);
    await commitAll();
    submit(aWrite('next'));
    await clock.advance(GATHER_MS - 1);
    expect(commit.calls).toHaveLength(1);
    await clock.advance(1);
    expect(inFlight()).toEqual(['next']);
  });

  it('ends with the daemon: what waits goes out at once', async () => {
    await becomeFilling();
    submit(aWrite('next'));
    chart.actor.send({ type: 'writer.drain' });
    expect(inFlight()).toEqual(['next']);
  });

  it('does not follow seven', async () => {
    submit(...many(7));
    await clock.advance(GATHER_MS);
    await commitAll();
    expect(transactions()).toBe('idle');
  });
});

describe('committing', () => {
  it('has one batch in flight, of four transactions at most; what comes meanwhile goes with the next', async () => {
    await becomeCommitting();
    submit(...many(300));
    expect(commit.calls).toHaveLength(1);
    await commitAll();
    expect(commit.calls).toHaveLength(2);
    expect(inFlight()).toHaveLength(4 * 63);
    await commitAll();
    expect(transactions()).toBe('filling');
    await clock.advance(GATHER_MS);
    expect(inFlight()).toHaveLength(48);
  });

  it('asks a Consul that has failed with one transaction, and sends the rest once that is taken', async () => {
    submit(...many(200));
    await oweAll();
    await clock.advance(10_000);
    expect(inFlight()).toHaveLength(63);
    await commitAll();
    expect(inFlight()).toHaveLength(126);
  });

  it('from committing on done to idle: each write is answered, and the parent is told', async () => {
    submit(aWrite('a'), aWrite('b'));
    await clock.advance(GATHER_MS);
    const rejected = { id: 'b', type: 'rejected', rejection: { reason: 'gone' } } as const;
    commit.last().resolve([{ id: 'a', type: 'committed' }, rejected]);
    await flush();
    expect(answers).toEqual([{ id: 'a', type: 'committed' }, rejected]);
    expect(transactions()).toBe('idle');
    expect(toldTypes()).toEqual(['writer.emptied', 'writer.emptied']);
  });

  it('lets a write in flight be committed though a newer one of its subject waits', async () => {
    await becomeCommitting();
    submit(aWrite('newer', 'a'));
    expect(answers).toEqual([]);
    await commitAll();
    expect(answers).toEqual([{ id: 'a', type: 'committed' }]);
    await clock.advance(GATHER_MS);
    expect(inFlight()).toEqual(['newer']);
  });

  it('does not try again what is owed once a newer one of its subject waits', async () => {
    await becomeCommitting();
    submit(aWrite('newer', 'a'));
    await oweAll();
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    await clock.advance(250);
    expect(inFlight()).toEqual(['newer']);
  });

  it('does not try again what was taken back while it was in flight', async () => {
    submit(aWrite('a'), aWrite('b'));
    await clock.advance(GATHER_MS);
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    expect(answers).toEqual([]);
    await oweAll();
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    await clock.advance(250);
    expect(inFlight()).toEqual(['b']);
  });

  it('forgets what was taken back with the transaction it was taken back from', async () => {
    await becomeCommitting();
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    await commitAll();
    expect(chart.actor.getSnapshot().context.inFlight).toEqual([]);
    submit(aWrite('again', 'a'));
    await clock.advance(GATHER_MS);
    expect(chart.actor.getSnapshot().context.withdrawn).toEqual([]);
    await oweAll();
    await clock.advance(250);
    expect(inFlight()).toEqual(['again']);
  });

  it('sends again, newest first of each subject, what may have gone into a hole when Consul is back', async () => {
    submit(aWrite('a'), aWrite('b'));
    await clock.advance(GATHER_MS);
    submit(aWrite('newer', 'b'));
    chart.actor.send({ type: 'consul.reachable' });
    expect(commit.last().signal.aborted).toBe(true);
    expect(answers).toEqual([{ id: 'b', type: 'superseded' }]);
    await clock.advance(GATHER_MS);
    expect(inFlight()).toEqual(['newer', 'a']);
    await commitAll();
    expect(transactions()).toBe('idle');
  });

  it('takes back what waits behind the transaction', async () => {
    await becomeCommitting();
    submit(aWrite('b'));
    chart.actor.send({ type: 'write.withdrawn', subject: 'b' });
    expect(answers).toEqual([{ id: 'b', type: 'superseded' }]);
    await commitAll();
    expect(transactions()).toBe('idle');
  });
});

describe('backing off', () => {
  it('from 250 ms, doubling to 10 s, and anew after a success', async () => {
    await becomeCommitting();
    for (const waitMs of [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      await oweAll();
      expect(transactions()).toBe('backingOff');
      await clock.advance(waitMs - 1);
      expect(transactions()).toBe('backingOff');
      await clock.advance(1);
      expect(transactions()).toBe('committing');
      expect(inFlight()).toEqual(['a']);
    }
    expect(answers).toEqual([]);
    await commitAll();
    submit(aWrite('b'));
    await clock.advance(GATHER_MS);
    await oweAll();
    await clock.advance(250);
    expect(transactions()).toBe('committing');
  });

  it('tells the parent why', async () => {
    await becomeCommitting();
    await oweAll();
    expect(chart.told.at(-1)).toEqual({
      type: 'consul.failed',
      code: 'ESM_CONSUL_UNAVAILABLE',
      message: 'connection refused',
    });
  });

  it('does not follow a refusal, which is told: whoever asked tries again', async () => {
    await becomeCommitting();
    await oweAll();
    await clock.advance(250);
    const refusal = { type: 'rejected', rejection: { reason: 'refused', detail: 'Permission denied' } } as const;
    commit.last().resolve([{ id: 'a', ...refusal }]);
    await flush();
    expect(answers).toEqual([{ id: 'a', ...refusal }]);
    expect(transactions()).toBe('idle');
    expect(chart.actor.getSnapshot().context.failures).toBe(0);
    expect(chart.told).toContainEqual({
      type: 'consul.failed',
      code: 'ESM_CONSUL_REFUSED',
      message: 'Permission denied',
    });
  });

  it('answers what was settled, and tries the rest again', async () => {
    submit(aWrite('a'), aWrite('b'));
    await clock.advance(GATHER_MS);
    commit.last().resolve([
      { id: 'a', type: 'committed' },
      { id: 'b', type: 'owed', reason: 'no' },
    ]);
    await flush();
    expect(answers).toEqual([{ id: 'a', type: 'committed' }]);
    expect(chart.told.at(-1)).toMatchObject({ type: 'consul.failed', message: 'no' });
    chart.actor.send({ type: 'consul.reachable' });
    expect(inFlight()).toEqual(['b']);
  });

  it('ends at once when Consul is known to be back', async () => {
    await becomeCommitting();
    await oweAll();
    chart.actor.send({ type: 'consul.reachable' });
    expect(transactions()).toBe('committing');
  });

  it('owes everything when the commit itself breaks', async () => {
    submit(aWrite('a'), aWrite('b'));
    await clock.advance(GATHER_MS);
    submit(aWrite('newer', 'b'));
    for (const waitMs of [250, 500]) {
      commit.last().reject(new Error('broken'));
      await flush();
      expect(chart.told.at(-1)).toMatchObject({ type: 'consul.failed', message: 'Error: broken' });
      expect(answers).toEqual([{ id: 'b', type: 'superseded' }]);
      await clock.advance(waitMs - 1);
      expect(transactions()).toBe('backingOff');
      await clock.advance(1);
      expect(inFlight()).toEqual(['newer', 'a']);
    }
  });

  it('goes to idle when all that was owed is taken back', async () => {
    await becomeCommitting();
    await oweAll();
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    expect(transactions()).toBe('idle');
    expect(toldTypes().at(-1)).toBe('writer.emptied');
  });

  it('keeps the newest of each subject', async () => {
    await becomeCommitting();
    await oweAll();
    submit(aWrite('newer', 'a'));
    expect(transactions()).toBe('backingOff');
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    chart.actor.send({ type: 'consul.reachable' });
    expect(inFlight()).toEqual(['newer']);
  });
});

describe('a write that the token may not make', () => {
  const becomeForbidden = async (...writes: ReturnType<typeof aWrite>[]): Promise<void> => {
    submit(...writes);
    await clock.advance(GATHER_MS);
    await forbidAll();
  };

  it('stays owed, unanswered, and is told', async () => {
    expect(permission()).toBe('granted');
    await becomeForbidden(aWrite('a'));
    expect(chart.state()).toEqual({ transactions: 'idle', permission: 'missing' });
    expect(answers).toEqual([]);
    expect(toldTypes()).toEqual(['writer.emptied', 'consul.failed', 'writer.emptied']);
    expect(chart.told).toContainEqual({
      type: 'consul.failed',
      code: 'ESM_CONSUL_FORBIDDEN',
      message: 'Permission denied',
    });
  });

  it('is tried again once a second, for as long as it takes, and answered once', async () => {
    await becomeForbidden(aWrite('a'));
    for (let tries = 2; tries <= 30; tries += 1) {
      await clock.advance(999);
      expect(transactions()).toBe('idle');
      await clock.advance(1);
      expect(chart.state()).toEqual({ transactions: 'gathering', permission: 'granted' });
      await clock.advance(GATHER_MS);
      expect(commit.calls).toHaveLength(tries);
      expect(inFlight()).toEqual(['a']);
      if (tries < 30) await forbidAll();
    }
    await commitAll();
    expect(answers).toEqual([{ id: 'a', type: 'committed' }]);
    expect(chart.state()).toEqual({ transactions: 'idle', permission: 'granted' });
  });

  it('holds up none of the others, which are answered at once', async () => {
    submit(aWrite('a'), aWrite('b'));
    await clock.advance(GATHER_MS);
    commit.last().resolve([
      { id: 'a', type: 'forbidden', reason: 'no' },
      { id: 'b', type: 'committed' },
    ]);
    await flush();
    expect(answers).toEqual([{ id: 'b', type: 'committed' }]);
    submit(aWrite('c'));
    await clock.advance(GATHER_MS);
    expect(inFlight()).toEqual(['c']);
    await commitAll();
    expect(permission()).toBe('missing');
  });

  it('costs one transaction a second however many they are, each in its turn, and all follow the first that is taken', async () => {
    chart.stop();
    start(0);
    submit(...many(150));
    for (let batches = 1; batches <= 2; batches += 1) {
      await clock.advance(0);
      expect(commit.calls).toHaveLength(batches);
      await forbidAll();
    }
    const tried = new Set<string>();
    for (let second = 1; second <= 3; second += 1) {
      await clock.advance(1_000);
      expect(commit.calls).toHaveLength(2 + second);
      expect(inFlight().length).toBeLessThanOrEqual(63);
      for (const id of inFlight()) tried.add(id);
      if (second < 3) await forbidAll();
    }
    expect(tried.size).toBe(150);
    for (let batches = 0; batches < 3; batches += 1) {
      await commitAll();
      await clock.advance(FILL_MS);
    }
    expect(new Set(answers.map(({ id }) => id)).size).toBe(150);
    expect(chart.state()).toEqual({ transactions: 'idle', permission: 'granted' });
  });

  it('is not tried sooner for what others have taken', async () => {
    await becomeForbidden(aWrite('a'));
    submit(aWrite('b'));
    await clock.advance(GATHER_MS);
    await commitAll();
    expect(commit.calls).toHaveLength(2);
    expect(chart.state()).toEqual({ transactions: 'idle', permission: 'missing' });
  });

  it('gives place to a newer one of its subject, which waits in its stead', async () => {
    await becomeForbidden(aWrite('a'));
    submit(aWrite('newer', 'a'));
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    expect(transactions()).toBe('idle');
    await clock.advance(1_000 + GATHER_MS);
    expect(inFlight()).toEqual(['newer']);
  });

  it('gives place to one that came while it was on its way', async () => {
    await becomeCommitting();
    submit(aWrite('newer', 'a'));
    await forbidAll();
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    await clock.advance(GATHER_MS);
    expect(inFlight()).toEqual(['newer']);
  });

  it('can be taken back, and none is left', async () => {
    await becomeForbidden(aWrite('a'));
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    expect(permission()).toBe('granted');
    await clock.advance(5_000);
    expect(commit.calls).toHaveLength(1);
  });

  it('comes up no more when it was taken back on its way', async () => {
    await becomeCommitting();
    chart.actor.send({ type: 'write.withdrawn', subject: 'a' });
    await forbidAll();
    expect(answers).toEqual([{ id: 'a', type: 'superseded' }]);
    expect(chart.state()).toEqual({ transactions: 'idle', permission: 'granted' });
  });

  it('is tried once more when the daemon stops, and then let go', async () => {
    await becomeForbidden(aWrite('a'));
    const emptied = toldTypes().length;
    chart.actor.send({ type: 'writer.drain' });
    expect(toldTypes()).toHaveLength(emptied);
    expect(inFlight()).toEqual(['a']);
    expect(commit.calls).toHaveLength(2);
    await forbidAll();
    expect(toldTypes().at(-1)).toBe('writer.emptied');
  });

  it('is tried once more when the daemon stops, after what is in flight', async () => {
    await becomeForbidden(aWrite('a'));
    submit(aWrite('b'));
    await clock.advance(GATHER_MS);
    chart.actor.send({ type: 'writer.drain' });
    await commitAll();
    expect(inFlight()).toEqual(['a']);
  });

  it('is tried once more when the daemon stops, together with what a back-off holds', async () => {
    await becomeForbidden(aWrite('a'));
    submit(aWrite('b'));
    await clock.advance(GATHER_MS);
    await oweAll();
    chart.actor.send({ type: 'writer.drain' });
    expect(inFlight()).toEqual(['b', 'a']);
  });
});

describe('draining', () => {
  const drain = (): void => {
    chart.actor.send({ type: 'writer.drain' });
  };

  it('from idle says at once that nothing is owed, and writes what still comes without gathering', async () => {
    drain();
    expect(toldTypes()).toEqual(['writer.emptied', 'writer.emptied']);
    submit(aWrite('late'));
    expect(transactions()).toBe('committing');
    expect(commit.last().input.onStaleIndex).toBe('drop');
    await commitAll();
    expect(toldTypes().at(-1)).toBe('writer.emptied');
  });

  it('ends gathering, and lets stale writes go', async () => {
    submit(aWrite('a'));
    drain();
    expect(transactions()).toBe('committing');
    expect(commit.last().input.onStaleIndex).toBe('drop');
    await commitAll();
    expect(transactions()).toBe('idle');
  });

  it('waits for the transaction in flight, then writes the rest', async () => {
    await becomeCommitting();
    submit(aWrite('b'));
    drain();
    expect(commit.calls).toHaveLength(1);
    expect(commit.last().input.onStaleIndex).toBe('settle');
    await commitAll();
    expect(inFlight()).toEqual(['b']);
    expect(commit.last().input.onStaleIndex).toBe('drop');
    await commitAll();
    expect(toldTypes().at(-1)).toBe('writer.emptied');
  });

  it('tries at once what a back-off holds', async () => {
    await becomeCommitting();
    await oweAll();
    drain();
    expect(transactions()).toBe('committing');
    expect(commit.last().input.onStaleIndex).toBe('drop');
  });
});

describe('the desk', () => {
  /** Nothing but a committer that the test settles. */
  const openDesk = () => {
    const calls: { readonly ids: string[]; readonly resolve: (outcomes: readonly WriteOutcome[]) => void }[] = [];
    const committer: Pick<Committer, 'commit'> = {
      commit: (writes) =>
        new Promise((resolve) => {
          calls.push({ ids: writes.map(({ id }) => id), resolve });
        }),
    };
    const desk = createWriter({ committer, clock, random: () => 0.5, actor: () => running.actor });
    const running = startChildChart(desk.logic, { batchFlushIntervalMs: 0 }, { clock });
    return { desk, running, calls };
  };

  it('gives each write its answer once, with the time, and backs off with jitter', async () => {
    const { desk, running, calls } = openDesk();
    const heard: unknown[] = [];
    const hear = (answer: unknown): void => {
      heard.push(answer);
    };
    desk.submit(aWrite('a'), hear);
    desk.submit(aWrite('b', 's'), hear);
    desk.submit(aWrite('c', 's'), hear);
    desk.submit(aWrite('d'), hear);
    desk.withdraw('d');
    expect(heard).toEqual([
      { type: 'status.superseded', writeId: 'b', atMs: 0 },
      { type: 'status.superseded', writeId: 'd', atMs: 0 },
    ]);
    await clock.advance(0);
    expect(calls.at(-1)?.ids).toEqual(['a', 'c']);
    expect(desk.owed()).toBe(2);
    calls.at(-1)?.resolve([
      { id: 'a', type: 'rejected', rejection: { reason: 'gone' } },
      { id: 'c', type: 'owed', reason: 'no' },
    ]);
    await clock.advance(187);
    expect(calls).toHaveLength(1);
    await clock.advance(1);
    calls.at(-1)?.resolve([{ id: 'c', type: 'committed' }]);
    await flush();
    expect(heard.slice(2)).toEqual([
      { type: 'status.rejected', writeId: 'a', rejection: { reason: 'gone' }, atMs: 0 },
      { type: 'status.committed', writeId: 'c', atMs: 188 },
    ]);
    expect(desk.owed()).toBe(0);
    running.stop();
  });

  it('tells the chart of all of a turn together, or at once when it is asked to', async () => {
    const { desk, running, calls } = openDesk();
    const waiting = (): number => running.actor.getSnapshot().context.queue.size;
    const hear = (): void => undefined;
    desk.submit(aWrite('a'), hear);
    desk.submit(aWrite('b'), hear);
    expect([waiting(), desk.owed()]).toEqual([0, 2]);
    desk.flush();
    expect(waiting()).toBe(2);
    desk.submit(aWrite('c'), hear);
    await clock.advance(0);
    expect(calls.map(({ ids }) => ids)).toEqual([['a', 'b', 'c']]);
    running.stop();
  });

  it('keeps nobody who waits for an actor that is gone', async () => {
    let { actor, stop } = startChildChart(writerMachine, { batchFlushIntervalMs: 0 }, { clock });
    let isStarted = true;
    const committer = {} as Committer; // safe: nothing is flushed
    const desk = createWriter({ committer, clock, random: () => 0, actor: () => (isStarted ? actor : undefined) });
    desk.submit(aWrite('a'), () => expect.unreachable('its writer is gone'));
    expect(desk.owed()).toBe(1);
    stop();
    isStarted = false;
    desk.submit(aWrite('b'), () => expect.unreachable('there is no writer'));
    expect(desk.owed()).toBe(0);
    ({ actor, stop } = startChildChart(writerMachine, { batchFlushIntervalMs: 0 }, { clock }));
    isStarted = true;
    expect(desk.owed()).toBe(0);
    await clock.advance(0);
    expect(actor.getSnapshot().context.queue.size).toBe(0);
    stop();
  });
});

describe('the chart', () => {
  it('has been through every state and every edge', () => {
    expect(coverage.unreachedStates()).toEqual([]);
    expect(coverage.untakenEdges()).toEqual([]);
  });
});
