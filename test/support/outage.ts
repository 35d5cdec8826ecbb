/** A writer whose Consul can be down, for charts that hand it their writes. */
import type { Write, WriteAnswer, WriteOutcome } from '../../machines/model.ts';
import type { Committer } from '../../src/consul/consul.ts';
import { createWriter } from '../../src/actors/writer.ts';
import { startChildChart } from './child-chart.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface OutageWriter {
  readonly submit: (write: Write) => void;
  readonly withdraw: (subject: string) => void;
  /** Consul is down from now on: every transaction is owed, once it has hung for `hangMs`. */
  readonly cutOff: (hangMs: number) => void;
  /** Consul is back, and the writer knows it. */
  readonly restore: () => void;
  /** Types of all operations that took effect, oldest first. */
  readonly effects: readonly string[];
  readonly stop: () => void;
}

/** Starts it on `clock`; `onAnswer` is told every answer. */
export function startOutageWriter(clock: VirtualClock, onAnswer: (answer: WriteAnswer) => void): OutageWriter {
  const effects: string[] = [];
  let hangMs: number | undefined;
  const later = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimeout(resolve, delayMs);
    });
  const committer: Pick<Committer, 'commit'> = {
    async commit(writes): Promise<WriteOutcome[]> {
      if (hangMs !== undefined) {
        await later(hangMs);
        return writes.map(({ id }) => ({ id, type: 'owed', reason: 'connection refused' }));
      }
      effects.push(...writes.flatMap(({ operations }) => operations.map(({ type }) => type)));
      return writes.map(({ id }) => ({ id, type: 'committed' }));
    },
  };
  const desk = createWriter({ committer, clock, random: () => 0, actor: () => running.actor });
  const running = startChildChart(desk.logic, { batchFlushIntervalMs: 0 }, { clock });
  return {
    submit: (write) => {
      desk.submit(write, onAnswer);
    },
    withdraw: (subject) => {
      desk.withdraw(subject);
    },
    cutOff: (ms) => {
      hangMs = ms;
    },
    restore: () => {
      hangMs = undefined;
      running.actor.send({ type: 'consul.reachable' });
    },
    effects,
    stop: running.stop,
  };
}
