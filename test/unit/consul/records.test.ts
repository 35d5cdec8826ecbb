import { describe, expect, it } from 'vitest';
import { checkKey, type CheckRecord } from '../../../machines/model.ts';
import { createRecords } from '../../../src/consul/records.ts';

const record = (checkId: string, modifyIndex: number): CheckRecord => {
  const id = { partition: '', namespace: '', node: 'n', serviceId: '', checkId };
  const texts = { name: '', status: 'passing', output: '', notes: '', serviceName: '', serviceTags: [] };
  return { id, key: checkKey(id), ...texts, definition: undefined, createIndex: 1, modifyIndex };
};
const { key } = record('a', 1);

describe('the mirror', () => {
  it('never goes back behind what it learned', () => {
    const records = createRecords();
    records.learn(record('a', 9));
    records.learn(record('a', 8));
    expect(records.get(key)?.modifyIndex).toBe(9);
    records.learn(record('a', 10));
    expect(records.get(key)?.modifyIndex).toBe(10);
  });

  it('answers a list that a write has overtaken with what was written', () => {
    const records = createRecords();
    records.learn(record('a', 9));
    const known = records.replace([record('a', 5), record('b', 6)], 7, 0);
    expect(known.map(({ id, modifyIndex }) => [id.checkId, modifyIndex])).toEqual([
      ['a', 9],
      ['b', 6],
    ]);
  });

  it('forgets what a later list does not hold, and keeps what was learned after it was read', () => {
    const records = createRecords();
    records.replace([record('a', 5)], 5, 0);
    records.learn(record('new', 9));
    expect(records.replace([], 7, 5).map(({ id }) => id.checkId)).toEqual(['new']);
    expect(records.get(key)).toBeUndefined();
  });

  it('is left alone by an answer that is older than that of another watch', () => {
    const records = createRecords();
    records.replace([record('a', 61)], 61, 60);
    expect(records.replace([], 60, 41)).toEqual([]);
    expect(records.get(key)?.modifyIndex).toBe(61);
  });

  it('begins anew when the index does', () => {
    const records = createRecords();
    records.replace([record('a', 50)], 50, 0);
    expect(records.replace([record('b', 3)], 3, 50).map(({ id }) => id.checkId)).toEqual(['b']);
    expect(records.get(key)).toBeUndefined();
  });
});

describe('the mirror of a list that tells only what changed', () => {
  const ids = (keys: readonly string[]): readonly string[] => keys.map((each) => each.split('\0').at(-1) ?? '');
  const listed = () => {
    const records = createRecords();
    records.replace([record('a', 5), record('b', 6)], 6, 0);
    return records;
  };

  it('takes in what is new, other and gone', () => {
    const records = listed();
    const { changed, gone } = records.change([record('b', 8), record('c', 9)], [key], 9);
    expect(changed.map(({ id, modifyIndex }) => [id.checkId, modifyIndex])).toEqual([
      ['b', 8],
      ['c', 9],
    ]);
    expect(ids(gone)).toEqual(['a']);
    expect(records.get(key)).toBeUndefined();
  });

  it('answers a change that a write has overtaken with what was written', () => {
    const records = listed();
    records.learn(record('a', 20));
    expect(records.change([record('a', 8)], [], 9).changed.map(({ modifyIndex }) => modifyIndex)).toEqual([20]);
    expect(records.get(key)?.modifyIndex).toBe(20);
  });

  it('forgets what was learned beside the list, once a later list does not hold it', () => {
    const records = listed();
    records.learn(record('new', 20));
    expect(records.change([], [], 19).gone).toEqual([]);
    expect(ids(records.change([], [], 20).gone)).toEqual(['new']);
    expect(records.change([], [], 21).gone).toEqual([]);
  });

  it('keeps what was learned beside the list and then stood in it', () => {
    const records = listed();
    records.learn(record('new', 20));
    records.change([record('new', 20)], [], 20);
    expect(records.change([], [], 30).gone).toEqual([]);
  });

  it('keeps what was learned anew after the list has lost it, until a later list', () => {
    const records = listed();
    records.learn(record('a', 20));
    expect(records.change([], [key], 15).gone).toEqual([]);
    expect(records.get(key)?.modifyIndex).toBe(20);
    expect(ids(records.change([], [], 25).gone)).toEqual(['a']);
  });

  it('keeps what was forgotten and read again, though the list does not tell it anew', () => {
    const records = listed();
    records.forget(key);
    records.learn(record('a', 5));
    expect(records.change([], [], 30).gone).toEqual([]);
    expect(records.get(key)?.modifyIndex).toBe(5);
  });
});
