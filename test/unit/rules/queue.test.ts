import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_OPERATIONS, type Write, type WriteOutcome, type WriteReply } from '../../../machines/model.ts';
import {
  enqueue,
  isFull,
  settle,
  takeBatch,
  takeTransaction,
  withdraw,
  type WriteQueue,
} from '../../../machines/rules/queue.ts';
import { aWrite } from '../../support/writes.ts';

const queueOf = (...writes: Write[]): WriteQueue => new Map(writes.map((write) => [write.subject, write]));
const idsOf = (writes: Iterable<Write>): string[] => [...writes].map(({ id }) => id);
const singles = (count: number): Write[] => Array.from({ length: count }, (_, index) => aWrite(`w${index}`));

describe('takeTransaction', () => {
  it.each<[what: string, writes: Write[], taken: number]>([
    ['nothing of nothing', [], 0],
    ['63 writes of one operation, which leaves room for the fence', singles(70), 63],
    ['31 writes of two', Array.from({ length: 40 }, (_, index) => aWrite(`w${index}`, `w${index}`, 2)), 31],
    ['no write in part', [...singles(62), aWrite('pair', 'pair', 2)], 62],
    ['reports and removals together', [...singles(62), aWrite('f', 'f', 1, true), aWrite('last')], 63],
    ['a write that is too large alone', [aWrite('huge', 'huge', 99), ...singles(3)], 1],
  ])('takes %s', (_, writes, taken) => {
    const queue = queueOf(...writes);
    expect(idsOf(takeTransaction(queue))).toEqual(idsOf(writes.slice(0, taken)));
    expect(queue.size).toBe(writes.length - taken);
  });
});

describe('takeBatch', () => {
  it.each<[what: string, writes: Write[], taken: number]>([
    ['all that does not fill a transaction', singles(62), 62],
    ['what fills one, and leaves the rest for company', singles(70), 63],
    ['exactly two, which leave nothing', singles(126), 126],
    ['what fills four transactions, of more', singles(300), 252],
    ['no write in part', Array.from({ length: 70 }, (_, index) => aWrite(`w${index}`, `w${index}`, 2)), 62],
    ['one that is too large for a transaction as one', [aWrite('huge', 'huge', 99), ...singles(3)], 1],
  ])('takes %s', (_, writes, taken) => {
    const queue = queueOf(...writes);
    expect(idsOf(takeBatch(queue))).toEqual(idsOf(writes.slice(0, taken)));
    expect(queue.size).toBe(writes.length - taken);
  });
});

describe('isFull', () => {
  it.each<[writes: Write[], expected: boolean]>([
    [[], false],
    [singles(62), false],
    [singles(63), true],
    [[...singles(62), aWrite('f', 'f', 1, true)], true],
    [Array.from({ length: 32 }, (_, index) => aWrite(`w${index}`, `w${index}`, 2)), true],
  ])('case %#', (writes, expected) => {
    expect(isFull(queueOf(...writes))).toBe(expected);
  });
});

describe('settle', () => {
  const [a, b] = [aWrite('a'), aWrite('b')];

  it('passes on what is final, and lets what is owed or unanswered wait again', () => {
    const queue = queueOf();
    const replies = settle(queue, queueOf(), [a, b], [{ id: 'a', type: 'committed' }], []);
    expect(replies).toEqual([{ id: 'a', type: 'committed' }]);
    expect(idsOf(queue.values())).toEqual(['b']);
  });

  it.each<[what: string, queue: WriteQueue, withdrawn: string[]]>([
    ['a newer write of its subject waits', queueOf(aWrite('newer', 'a')), []],
    ['its subject was withdrawn', queueOf(), ['a']],
  ])('gives up what is owed when %s', (_, queue, withdrawn) => {
    const waiting = idsOf(queue.values());
    const replies = settle(queue, queueOf(), [a], [{ id: 'a', type: 'owed', reason: 'no' }], withdrawn);
    expect(replies).toEqual([{ id: 'a', type: 'superseded' }]);
    expect(idsOf(queue.values())).toEqual(waiting);
  });

  it('lets what is forbidden wait apart', () => {
    const [queue, forbidden] = [queueOf(), queueOf()];
    expect(settle(queue, forbidden, [a], [{ id: 'a', type: 'forbidden', reason: 'no' }], [])).toEqual([]);
    expect([idsOf(queue.values()), idsOf(forbidden.values())]).toEqual([[], ['a']]);
  });

  it('does not let what is owed overtake those that wait already', () => {
    const queue = queueOf(b);
    settle(queue, queueOf(), [a], [], []);
    expect(idsOf(queue.values())).toEqual(['b', 'a']);
  });
});

type Step =
  | { readonly type: 'submit'; readonly subject: string; readonly operations: number; readonly isFenced: boolean }
  | { readonly type: 'withdraw'; readonly subject: string }
  | { readonly type: 'commit'; readonly fates: readonly WriteOutcome['type'][] };

const aSubject = fc.nat(80).map(String);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      subject: aSubject,
      operations: fc.integer({ min: 1, max: 3 }),
      isFenced: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('withdraw' as const), subject: aSubject }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('commit' as const),
      fates: fc.array(
        fc.constantFrom('committed' as const, 'rejected' as const, 'owed' as const, 'forbidden' as const),
        { maxLength: 64 },
      ),
    }),
  },
);

const outcomeOf = (id: string, fate: WriteOutcome['type']): WriteOutcome => {
  if (fate === 'committed') return { id, type: fate };
  if (fate === 'rejected') return { id, type: fate, rejection: { reason: 'gone' } };
  return { id, type: fate, reason: 'no' };
};

describe.each([
  ['transactions', takeTransaction, MAX_OPERATIONS - 1],
  ['batches', takeBatch, 4 * (MAX_OPERATIONS - 1)],
] as const)('any run of submits, withdrawals and %s', (_, take, most) => {
  it('keeps the newest of each subject, answers every write exactly once, and leaves room for a fence', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 300, size: 'max' }), (steps) => {
        const queue: WriteQueue = new Map();
        const forbidden: WriteQueue = new Map();
        const newest = new Map<string, string>();
        const replies: WriteReply[] = [];
        let writes = 0;
        const commit = (fates: readonly WriteOutcome['type'][]): void => {
          const batch = take(queue);
          const operations = batch.reduce((sum, write) => sum + write.operations.length, 0);
          expect(operations).toBeLessThanOrEqual(most);
          for (const { id, subject } of batch) expect(id).toBe(newest.get(subject));
          const outcomes = batch.map(({ id }, index) => outcomeOf(id, fates[index] ?? 'committed'));
          replies.push(...settle(queue, forbidden, batch, outcomes, []));
        };
        for (const step of steps) {
          if (step.type === 'submit') {
            const id = `write ${++writes}`;
            newest.set(step.subject, id);
            const place = forbidden.has(step.subject) ? forbidden : queue;
            replies.push(...enqueue(place, aWrite(id, step.subject, step.operations, step.isFenced)));
          } else if (step.type === 'withdraw') {
            replies.push(...withdraw(queue, step.subject), ...withdraw(forbidden, step.subject));
          } else commit(step.fates);
        }
        expect([...forbidden.keys()].filter((subject) => queue.has(subject))).toEqual([]);
        for (const [subject, write] of forbidden) queue.set(subject, write);
        while (queue.size > 0) commit([]);
        const answered = replies.map(({ id }) => id);
        expect(new Set(answered).size).toBe(answered.length);
        expect(answered).toHaveLength(writes);
      }),
    );
  });
});
