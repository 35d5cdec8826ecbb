/** The effects of machines/writer.ts: transactions go to Consul, answers to those who asked. */
import { fromPromise } from 'xstate';
import type { Write, WriteAnswer, WriteReply } from '../../machines/model.ts';
import { writerMachine, type CommitInput, type WriterActors, type WriterPorts } from '../../machines/writer.ts';
import type { Clock, Random } from '../clock.ts';
import type { Committer } from '../consul/consul.ts';
import { jitteredBackoff } from './jitter.ts';
import { isActive, type ChartRef, type PortActions } from './port-actions.ts';

type Actor = ChartRef<typeof writerMachine>;
type OnAnswer = (answer: WriteAnswer) => void;

export interface WriterDeps {
  readonly committer: Pick<Committer, 'commit'>;
  readonly clock: Clock;
  readonly random: Random;
  /** The running writer, once the daemon chart has started it. */
  readonly actor: () => Actor | undefined;
}

/** Where checks and nodes hand in what they want written. */
export interface Writer {
  /** The wired chart, for the daemon chart to start. */
  readonly logic: typeof writerMachine;
  /** `onAnswer` is called exactly once, unless the writer is stopped first. The chart is told of all of a turn together. */
  submit(write: Write, onAnswer: OnAnswer): void;
  /** Takes back the write of this subject that still waits; it is answered as superseded. A removal is not sent any more. */
  withdraw(subject: string): void;
  /** Tells the chart now of what was submitted in this turn. */
  flush(): void;
  /** How many writes wait for their answer. */
  owed(): number;
}

const answerOf = (reply: WriteReply, atMs: number): WriteAnswer => {
  switch (reply.type) {
    case 'committed':
      return { type: 'status.committed', writeId: reply.id, atMs };
    case 'rejected':
      return { type: 'status.rejected', writeId: reply.id, rejection: reply.rejection, atMs };
    case 'superseded':
      return { type: 'status.superseded', writeId: reply.id, atMs };
  }
};

export const createWriter = ({ committer, clock, random, actor }: WriterDeps): Writer => {
  /** Who waits for an answer, by write; they go with the actor that they handed it to, which may be started anew. */
  const waiting = new WeakMap<Actor, Map<string, OnAnswer>>();
  const waitingFor = (writer: Actor): Map<string, OnAnswer> => {
    const known = waiting.get(writer) ?? new Map<string, OnAnswer>();
    waiting.set(writer, known);
    return known;
  };

  const answer = (writer: Actor, reply: WriteReply): void => {
    const callbacks = waitingFor(writer);
    const onAnswer = callbacks.get(reply.id);
    callbacks.delete(reply.id);
    onAnswer?.(answerOf(reply, clock.now()));
  };

  /** What was submitted since the event loop last looked: thousands of events cost more than their writes. */
  let gathered: { readonly writer: Actor; readonly writes: Write[] } | undefined;
  const flush = (): void => {
    if (gathered === undefined) return;
    const { writer, writes } = gathered;
    gathered = undefined;
    if (isActive(writer)) writer.send({ type: 'write.submitted', writes });
  };
  const gather = (writer: Actor, write: Write): void => {
    if (gathered?.writer !== writer) {
      flush();
      gathered = { writer, writes: [] };
      clock.afterPoll(flush);
    }
    gathered.writes.push(write);
  };

  let underWay: readonly Write[] = [];
  const takenBack = new WeakSet<Write>();

  const actors = {
    commit: fromPromise(({ input, signal }: { input: CommitInput; signal: AbortSignal }) => {
      underWay = input.writes;
      return committer.commit(input.writes, input.onStaleIndex, signal, (write) => takenBack.has(write));
    }),
  } satisfies WriterActors;

  return {
    logic: writerMachine.provide({
      actors,
      actions: {
        answer: ({ self }, { replies }) => {
          for (const reply of replies) answer(self, reply);
        },
      } satisfies PortActions<typeof writerMachine, WriterPorts>,
      delays: { backoff: jitteredBackoff(random) },
    }),
    submit(write, onAnswer) {
      const writer = actor();
      if (writer === undefined) return;
      waitingFor(writer).set(write.id, onAnswer);
      gather(writer, write);
    },
    withdraw(subject) {
      flush();
      for (const write of underWay) if (write.subject === subject) takenBack.add(write);
      actor()?.send({ type: 'write.withdrawn', subject });
    },
    flush,
    owed() {
      const writer = actor();
      return writer === undefined ? 0 : waitingFor(writer).size;
    },
  };
};
