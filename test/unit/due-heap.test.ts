import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueHeap, type Due } from '../../src/due-heap.ts';

const make = (dueMs: number, order: number): Due => ({ dueMs, order, heapIndex: -1 });

/** Takes everything out, first due first. */
const drain = (heap: DueHeap<Due>): Due[] => {
  const taken: Due[] = [];
  for (let item = heap.first; item !== undefined; item = heap.first) {
    taken.push(item);
    heap.remove(item);
  }
  return taken;
};

test('gives what is due first, and in order what is due together, whatever is taken out between', () => {
  const property = fc.property(fc.array(fc.nat(20)), fc.array(fc.nat()), (dues, removals) => {
    const heap = new DueHeap<Due>();
    const items = dues.map(make);
    for (const item of items) heap.push(item);
    const gone = new Set(removals.map((place) => items[place % items.length]).filter((item) => item !== undefined));
    for (const item of gone) heap.remove(item);
    const left = items.filter((item) => !gone.has(item)).sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
    expect(heap.size).toBe(left.length);
    expect(drain(heap)).toEqual(left);
  });
  fc.assert(property);
});

test('what does not lie in it cannot be taken out', () => {
  const heap = new DueHeap<Due>();
  const item = make(1, 1);
  heap.push(make(2, 2));
  heap.remove(item);
  heap.push(item);
  heap.remove(item);
  heap.remove(item);
  expect(heap.size).toBe(1);
});
