import { describe, expect, it } from 'vitest';
import type { Write } from '../../../machines/model.ts';
import { noteTried, nothingForbidden, retryAll, retrySome } from '../../../machines/rules/forbidden.ts';
import type { WriteQueue } from '../../../machines/rules/queue.ts';
import { aWrite } from '../../support/writes.ts';

const [a, b] = [aWrite('a'), aWrite('b')];

const forbidding = (...writes: Write[]) => {
  const forbidden = nothingForbidden();
  for (const write of writes) forbidden.waiting.set(write.subject, write);
  return forbidden;
};
const many = Array.from({ length: 150 }, (_, index) => aWrite(`w${index}`));

it('a batch is what one transaction takes, behind what waits already, the longest untried first', () => {
  const queue: WriteQueue = new Map([['x', aWrite('x')]]);
  const forbidden = forbidding(...many);
  retrySome(queue, forbidden);
  expect([...queue.keys()]).toEqual(['x', ...many.slice(0, 63).map(({ subject }) => subject)]);
  expect(forbidden.waiting.size).toBe(87);
});

it('all are all', () => {
  const queue: WriteQueue = new Map();
  const forbidden = forbidding(...many);
  retryAll(queue, forbidden);
  expect([queue.size, forbidden.waiting.size]).toEqual([150, 0]);
});

describe('noteTried', () => {
  const trying = () => {
    const queue: WriteQueue = new Map();
    const forbidden = forbidding(a);
    retrySome(queue, forbidden);
    queue.clear();
    forbidden.waiting.set('b', b);
    return { queue, forbidden };
  };

  it.each<[what: string, outcome: 'committed' | 'forbidden' | 'owed', freed: number]>([
    ['frees the others when one that was refused is taken', 'committed', 1],
    ['frees none when it is refused again', 'forbidden', 0],
    ['frees none when nobody answers', 'owed', 0],
  ])('%s', (_, type, freed) => {
    const { queue, forbidden } = trying();
    noteTried(queue, forbidden, [a], [type === 'committed' ? { id: 'a', type } : { id: 'a', type, reason: 'no' }]);
    expect(queue.size).toBe(freed);
  });

  it('frees none for a write that nobody had refused, nor for one long tried', () => {
    const { queue, forbidden } = trying();
    noteTried(queue, forbidden, [aWrite('x')], [{ id: 'x', type: 'committed' }]);
    noteTried(queue, forbidden, [a], [{ id: 'a', type: 'forbidden', reason: 'no' }]);
    noteTried(queue, forbidden, [a], [{ id: 'a', type: 'committed' }]);
    expect(queue.size).toBe(0);
  });
});
