/**
 * The writer: everything that an instance says to the catalog of checks and nodes passes through it.
 *
 * Decides when waiting writes go out, how many at once, and when to try again. Keeps the newest write of each subject, also of
 * those that the token may not make: they are owed until it may.
 * Started by the daemon chart; answers every write once through `answer`, and tells its parent `writer.emptied`,
 * `consul.failed`.
 */
import { assertEvent, assign, sendTo, setup, type AnyActorRef, type PromiseActorLogic } from 'xstate';
import type { StaleIndexPolicy, Write, WriteOutcome, WriteReply } from './model.ts';
import { backoffMs } from './rules/backoff.ts';
import { noteTried, nothingForbidden, retryAll, retrySome, type ForbiddenWrites } from './rules/forbidden.ts';
import type { ConsulNews, Trouble } from './rules/trouble.ts';
import {
  enqueue,
  isCrowd,
  isFull,
  settle,
  takeBatch,
  takeTransaction,
  withdraw,
  type WriteQueue,
} from './rules/queue.ts';

export interface WriterInput {
  readonly parent: AnyActorRef;
  /** How long writes gather before they go out; 0: until the event loop turns. */
  readonly batchFlushIntervalMs: number;
}

export interface WriterContext extends WriterInput {
  /** One Map for the writer's life: to copy it for every write made 20,000 changes at once take seconds. */
  readonly queue: WriteQueue;
  readonly forbidden: ForbiddenWrites;
  readonly inFlight: readonly Write[];
  /** Subjects taken back while a transaction was under way. */
  readonly withdrawn: readonly string[];
  readonly onStaleIndex: StaleIndexPolicy;
  /** What the last step settled, for `answer`. */
  readonly replies: readonly WriteReply[];
  /** Tries in a row that Consul did not answer. */
  readonly failures: number;
}

export type WriterEvent =
  | { readonly type: 'write.submitted'; readonly writes: readonly Write[] }
  | { readonly type: 'write.withdrawn'; readonly subject: string }
  | { readonly type: 'consul.reachable' }
  /** The daemon stops: write what waits without gathering, and let stale writes go. */
  | { readonly type: 'writer.drain' };

export interface CommitInput {
  readonly writes: readonly Write[];
  readonly onStaleIndex: StaleIndexPolicy;
}

/** Effects that src/actors/writer.ts hands in as actions. */
export interface WriterPorts {
  readonly answer: { readonly replies: readonly WriteReply[] };
}

/** What the daemon chart hears of the writer. */
export type WriterReport = ConsulNews | { readonly type: 'writer.emptied' };

const owedReason = (outcomes: readonly WriteOutcome[]): string => {
  for (const outcome of outcomes) if (outcome.type === 'owed') return outcome.reason;
  return '';
};

/** Why Consul does not take one of the writes, now or ever; undefined when it has nothing against any. */
const refusalOf = (outcomes: readonly WriteOutcome[]): Trouble | undefined => {
  for (const outcome of outcomes) {
    if (outcome.type === 'forbidden') return { code: 'ESM_CONSUL_FORBIDDEN', message: outcome.reason };
    if (outcome.type === 'rejected' && outcome.rejection.reason === 'refused')
      return { code: 'ESM_CONSUL_REFUSED', message: outcome.rejection.detail };
  }
  return undefined;
};

export type WriterActors = {
  readonly commit: PromiseActorLogic<readonly WriteOutcome[], CommitInput>;
};

export const writerMachine = setup({
  types: {
    input: {} as WriterInput,
    context: {} as WriterContext,
    events: {} as WriterEvent,
  },
  actors: {} as WriterActors,
  actions: {
    answer: (_, _params: WriterPorts['answer']) => undefined,
    enqueue: assign(({ context, event }) => {
      assertEvent(event, 'write.submitted');
      const { queue, forbidden } = context;
      const placeOf = ({ subject }: Write): WriteQueue => (forbidden.waiting.has(subject) ? forbidden.waiting : queue);
      return { replies: event.writes.flatMap((write) => enqueue(placeOf(write), write)) };
    }),
    withdraw: assign(({ context, event }) => {
      assertEvent(event, 'write.withdrawn');
      const { queue, forbidden } = context;
      return { replies: [queue, forbidden.waiting].flatMap((waiting) => withdraw(waiting, event.subject)) };
    }),
    noteWithdrawal: assign(({ context, event }) => {
      assertEvent(event, 'write.withdrawn');
      const isUnderWay = context.inFlight.some(({ subject }) => subject === event.subject);
      return isUnderWay ? { withdrawn: [...context.withdrawn, event.subject] } : {};
    }),
    /** To a Consul that has failed goes one transaction, to learn whether it is well. */
    takeBatch: assign(({ context: { queue, failures } }) => ({
      inFlight: failures === 0 ? takeBatch(queue) : takeTransaction(queue),
      withdrawn: [],
    })),
    settle: assign(({ context: { queue, forbidden, inFlight, withdrawn } }, outcomes: readonly WriteOutcome[]) => {
      const replies = settle(queue, forbidden.waiting, inFlight, outcomes, withdrawn);
      noteTried(queue, forbidden, inFlight, outcomes);
      return { replies, inFlight: [] };
    }),
    retrySome: assign(({ context: { queue, forbidden } }) => {
      retrySome(queue, forbidden);
      return {};
    }),
    retryAll: assign(({ context: { queue, forbidden } }) => {
      retryAll(queue, forbidden);
      return {};
    }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    dropStale: assign({ onStaleIndex: 'drop' }),
    tellEmptied: sendTo(({ context }) => context.parent, { type: 'writer.emptied' } satisfies WriterReport),
    /** Nobody else would: who asked hears of no refusal, or tries again with its next result. */
    tellRefused: sendTo(
      ({ context }) => context.parent,
      (_, { code = '', message = '' }: Partial<Trouble>) =>
        ({ type: 'consul.failed', code, message }) satisfies WriterReport,
    ),
    tellFailed: sendTo(
      ({ context }) => context.parent,
      (_, message: string) =>
        ({ type: 'consul.failed', code: 'ESM_CONSUL_UNAVAILABLE', message }) satisfies WriterReport,
    ),
  },
  guards: {
    isRefused: (_, outcomes: readonly WriteOutcome[]) => refusalOf(outcomes) !== undefined,
    isEmpty: ({ context }) => context.queue.size === 0,
    hasWaiting: ({ context }) => context.queue.size > 0,
    hasForbidden: ({ context }) => context.forbidden.waiting.size > 0,
    isNothingForbidden: ({ context }) => context.forbidden.waiting.size === 0,
    isFull: ({ context }) => isFull(context.queue),
    isCrowd: ({ context }) => isCrowd(context.inFlight),
    isDraining: ({ context }) => context.onStaleIndex === 'drop',
    isOwed: (_, outcomes: readonly WriteOutcome[]) => outcomes.some((outcome) => outcome.type === 'owed'),
  },
  delays: {
    batchFlushInterval: ({ context }) => context.batchFlushIntervalMs,
    /** 2,000 changes a second fill a transaction in 32 ms. Sent as they came, they cost Consul a request for every twenty. */
    fillTime: ({ context }) => Math.max(50, context.batchFlushIntervalMs),
    /** Without jitter; src/actors/writer.ts hands in the one with it. */
    backoff: ({ context }) => backoffMs(context.failures, 0),
    /** However many are forbidden, one transaction a second asks whether they still are. */
    retryInterval: 1_000,
  },
}).createMachine({
  id: 'writer',
  description: 'Takes reports of checks and nodes to Consul, the newest of each, in transactions.',
  type: 'parallel',
  context: ({ input }) => ({
    ...input,
    queue: new Map(),
    forbidden: nothingForbidden(),
    inFlight: [],
    withdrawn: [],
    onStaleIndex: 'settle',
    replies: [],
    failures: 0,
  }),
  on: {
    'write.submitted': {
      actions: ['enqueue', { type: 'answer', params: ({ context }) => ({ replies: context.replies }) }],
    },
    'write.withdrawn': {
      actions: ['withdraw', { type: 'answer', params: ({ context }) => ({ replies: context.replies }) }],
    },
    'writer.drain': { actions: ['dropStale', 'retryAll'] },
  },
  states: {
    transactions: {
      description: 'A batch after the other, of what waits.',
      initial: 'idle',
      states: {
        idle: {
          description: 'Nothing is owed to Consul but what it forbids.',
          entry: 'tellEmptied',
          always: { guard: 'hasWaiting', target: 'gathering' },
          on: {
            'writer.drain': [
              { guard: 'hasForbidden', actions: ['dropStale', 'retryAll'] },
              { actions: ['dropStale', 'tellEmptied'] },
            ],
          },
        },
        gathering: {
          description: 'Writes wait a moment for company.',
          always: [
            { guard: 'isEmpty', target: 'idle' },
            { guard: 'isFull', target: 'committing' },
            { guard: 'isDraining', target: 'committing' },
          ],
          after: { batchFlushInterval: { target: 'committing' } },
        },
        filling: {
          description: 'Many changes come one after the other: the next transaction waits a moment until it is full.',
          always: [
            { guard: 'isFull', target: 'committing' },
            { guard: 'isDraining', target: 'gathering' },
          ],
          after: { fillTime: [{ guard: 'isEmpty', target: 'idle' }, { target: 'committing' }] },
        },
        committing: {
          description: 'A batch is with Consul, in a few transactions when it is large; newer writes gather behind it.',
          entry: 'takeBatch',
          on: {
            'consul.reachable': {
              description:
                'What was sent during the outage may have gone into a hole; a second try does nothing twice.',
              target: 'gathering',
              actions: [
                { type: 'settle', params: [] },
                { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
              ],
            },
            'write.withdrawn': {
              actions: [
                'withdraw',
                'noteWithdrawal',
                { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
              ],
            },
          },
          invoke: {
            id: 'commit',
            src: 'commit',
            input: ({ context }) => ({ writes: context.inFlight, onStaleIndex: context.onStaleIndex }),
            onDone: [
              {
                guard: { type: 'isOwed', params: ({ event }) => event.output },
                target: 'backingOff',
                actions: [
                  { type: 'settle', params: ({ event }) => event.output },
                  { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
                  'countFailure',
                  { type: 'tellFailed', params: ({ event }) => owedReason(event.output) },
                ],
              },
              {
                guard: { type: 'isRefused', params: ({ event }) => event.output },
                target: 'gathering',
                actions: [
                  { type: 'settle', params: ({ event }) => event.output },
                  { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
                  'forgetFailures',
                  { type: 'tellRefused', params: ({ event }) => refusalOf(event.output) ?? {} },
                ],
              },
              {
                guard: 'isCrowd',
                target: 'filling',
                actions: [
                  { type: 'settle', params: ({ event }) => event.output },
                  { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
                  'forgetFailures',
                ],
              },
              {
                target: 'gathering',
                actions: [
                  { type: 'settle', params: ({ event }) => event.output },
                  { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
                  'forgetFailures',
                ],
              },
            ],
            onError: {
              target: 'backingOff',
              actions: [
                { type: 'settle', params: [] },
                { type: 'answer', params: ({ context }) => ({ replies: context.replies }) },
                'countFailure',
                { type: 'tellFailed', params: ({ event }) => String(event.error) },
              ],
            },
          },
        },
        backingOff: {
          description: 'Consul did not take the last batch: tries again later, or as soon as it is known to be back.',
          always: { guard: 'isEmpty', target: 'idle' },
          after: { backoff: { target: 'committing' } },
          on: {
            'consul.reachable': { target: 'committing' },
            'writer.drain': { target: 'committing', actions: ['dropStale', 'retryAll'] },
          },
        },
      },
    },
    permission: {
      description: 'May the token write all that is owed?',
      initial: 'granted',
      states: {
        granted: {
          description: 'Nothing that was refused waits.',
          always: { guard: 'hasForbidden', target: 'missing' },
        },
        missing: {
          description:
            'Some writes were refused: a few of them are tried again, and all others once one of those is taken.',
          always: { guard: 'isNothingForbidden', target: 'granted' },
          after: { retryInterval: { target: 'missing', reenter: true, actions: 'retrySome' } },
        },
      },
    },
  },
  options: { maxIterations: 20 },
});
