/** The effects of machines/writer.ts: transactions go to Consul, answers to those who asked. */
import { fromPromise } from 'xstate';
import type { Write, WriteAnswer, WriteReply } from '../../machines/model.ts';
import { writerMachine, type CommitInput, type WriterActors, type WriterPorts } from '../../machines/writer.ts';
import type { Clock, Random } from '../clock.ts';
import type { Committer } from '../consul/consul.ts';
import { jitteredBackoff } from './jitter.ts';
import type { ChartRef, PortActions } from './port-actions.ts';

export interface WriterDeps {
  readonly committer: Committer;
  readonly clock: Clock;
  readonly random: Random;
  /** The running writer, once the daemon chart has started it. */
  readonly actor: () => ChartRef<typeof writerMachine> | undefined;
}

/** Where checks and nodes hand in what they want written. */
export interface Writer {
  /** The wired chart, for the daemon chart to start. */
  readonly logic: typeof writerMachine;
  /** `onAnswer` is called exactly once, unless the writer is stopped first. */
  submit(write: Write, onAnswer: (answer: WriteAnswer) => void): void;
  /** Takes back the write of this subject that still waits; it is answered as superseded. */
  withdraw(subject: string): void;
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
  const waiting = new Map<string, (answer: WriteAnswer) => void>();

  const answer = (reply: WriteReply): void => {
    const onAnswer = waiting.get(reply.id);
    waiting.delete(reply.id);
    onAnswer?.(answerOf(reply, clock.now()));
  };

  const actors = {
    commit: fromPromise(({ input, signal }: { input: CommitInput; signal: AbortSignal }) =>
      committer.commit(input.writes, input.onStaleIndex, signal),
    ),
  } satisfies WriterActors;

  return {
    logic: writerMachine.provide({
      actors,
      actions: {
        answer: (_, { replies }) => {
          replies.forEach(answer);
        },
      } satisfies PortActions<typeof writerMachine, WriterPorts>,
      delays: { backoff: jitteredBackoff(random) },
    }),
    submit(write, onAnswer) {
      waiting.set(write.id, onAnswer);
      actor()?.send({ type: 'write.submitted', write });
    },
    withdraw(subject) {
      actor()?.send({ type: 'write.withdrawn', subject });
    },
    owed: () => waiting.size,
  };
};
