/** What every probe promises, whatever it speaks. */
import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { eventually } from '../../support/eventually.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** A probe aimed at a target that is there while the scope lasts. */
export interface Aimed extends AsyncDisposable {
  run(timeoutMs: number, signal: RunSignal): Promise<Outcome>;
  /** Has the run come as far as it can? Simulated time must not overtake real sockets. */
  isUnderWay(): boolean;
}

/** The part of an outcome that all probes share. */
export interface Outcome {
  readonly type: string;
}

/** How to aim the probe under test. */
export interface Subject {
  /** At something that answers, and how that is told. */
  answering(clock: Clock): Promise<Aimed>;
  readonly answered: object;
  /** At something that never answers, and how that is told once the time is over. */
  silent(clock: Clock): Promise<Aimed>;
  readonly expired: object;
}

const never = (): RunSignal => new RunSignal();
const TIMEOUT_MS = 5_000;

/** Sockets of which Node knows nothing are descriptors all the same. */
const openSockets = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // the descriptor by which the folder was read
    }
  }).length;

/** Sockets and look-ups this process has open. */
const openHandles = (): number =>
  openSockets() +
  process.getActiveResourcesInfo().filter((name) => /TCP|UDP|TLS|GetAddrInfo|Connect/.test(name)).length;

/** Runs the contract against a probe. */
export const describeContract = (name: string, subject: Subject): void => {
  describe(`${name} keeps the contract of probes`, () => {
    test('an answer is told', async () => {
      await using aimed = await subject.answering(systemClock);
      expect(await aimed.run(TIMEOUT_MS, never())).toMatchObject(subject.answered);
    });

    test('silence is told when the time is over, and no sooner', async () => {
      const clock = createVirtualClock(1_700_000_000_000);
      await using aimed = await subject.silent(clock);
      let outcome: Outcome | undefined;
      void aimed.run(TIMEOUT_MS, never()).then((told) => (outcome = told));
      await eventually('the question', () => aimed.isUnderWay());
      await clock.advance(TIMEOUT_MS - 1);
      expect(outcome).toBeUndefined();
      await clock.advance(1);
      await eventually('the outcome', () => outcome);
      expect(outcome).toMatchObject(subject.expired);
      expect(clock.pending).toBe(0);
    });

    test('a signal ends the run at once', async () => {
      await using aimed = await subject.silent(createVirtualClock());
      const signal = new RunSignal();
      const running = aimed.run(TIMEOUT_MS, signal);
      await new Promise((resolve) => setImmediate(resolve));
      signal.abort();
      expect(await running).toEqual({ type: 'aborted' });
    });

    test('a signal that came before keeps anything from being sent', async () => {
      await using aimed = await subject.answering(systemClock);
      const signal = new RunSignal();
      signal.abort();
      expect(await aimed.run(TIMEOUT_MS, signal)).toEqual({ type: 'aborted' });
    });

    test('runs beside one another do not disturb one another', async () => {
      await using answering = await subject.answering(systemClock);
      const runs = Array.from({ length: 100 }, () => answering.run(TIMEOUT_MS, never()));
      for (const outcome of await Promise.all(runs)) expect(outcome).toMatchObject(subject.answered);
    });

    test('nothing is left open, neither by an end in time nor by an abort', async () => {
      const before = openHandles();
      {
        const clock = createVirtualClock();
        await using answering = await subject.answering(systemClock);
        await using silent = await subject.silent(clock);
        const signal = new RunSignal();
        const runs = [silent.run(TIMEOUT_MS, never()), silent.run(TIMEOUT_MS, signal)];
        await answering.run(TIMEOUT_MS, never());
        signal.abort();
        await clock.advance(TIMEOUT_MS);
        await Promise.all(runs);
        expect(clock.pending).toBe(0);
      }
      await eventually('every socket closed', () => openHandles() <= before);
    });
  });
};
