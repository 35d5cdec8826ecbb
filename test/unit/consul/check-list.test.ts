import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckList, type CheckDifference } from '../../../src/consul/check-list.ts';
import type { CheckRecord } from '../../../machines/model.ts';
import { systemClock } from '../../../src/clock.ts';
import { inEqualPieces } from '../../support/pieces.ts';

interface Check {
  readonly Node: string;
  readonly CheckID: string;
  readonly Status: string;
}

const nothingKnown = (): undefined => undefined;
const answer = (body: Buffer) => ({ status: 200, index: 1, isFiltered: false, body });
const check = (id: string, more: object = {}): Check => ({ Node: 'n', CheckID: id, Status: 'passing', ...more });
const json = (...checks: readonly object[]): string => JSON.stringify(checks);
const nameOf = (key: string): string | undefined => key.split('\0').at(-1);
const told = ({ isWhole, changed, gone, size, bytes }: CheckDifference) => ({
  isWhole,
  changed: changed.map(({ id, status }) => `${id.checkId} ${status}`),
  gone: gone.map(nameOf),
  size,
  bytes,
});

const read = (list: CheckList, body: string, isAnew = false, length = 10): CheckDifference => {
  const bytes = Buffer.from(body);
  const reader = list.begin(isAnew);
  if (reader === undefined) return list.read(answer(bytes), isAnew);
  for (const piece of inEqualPieces(bytes, length)) reader.push(piece);
  return list.read(answer(Buffer.alloc(0)), isAnew);
};

const readWhole = (list: CheckList, body: string, isAnew = false): CheckDifference =>
  list.read(answer(Buffer.from(body)), isAnew);

/** How an answer comes to the list: by a way that gathers it, or in pieces. */
const ways: readonly (readonly [string, typeof readWhole])[] = [
  ['gathered', readWhole],
  ['read byte by byte', (list, body, isAnew) => read(list, body, isAnew, 1)],
  ['read in pieces', (list, body, isAnew) => read(list, body, isAnew, 50)],
];

describe.each(ways)('a list that is %s', (_, readBy) => {
  const listAfter = (first: string) => {
    const list = new CheckList('watching', systemClock, nothingKnown);
    const difference = readBy(list, first);
    difference.keep();
    return { list, first: told(difference) };
  };

  it('tells a first answer whole, and of the next what is new, other or gone', () => {
    const { list, first } = listAfter(json(check('a'), check('b'), check('c')));
    expect(first).toMatchObject({ isWhole: true, changed: ['a passing', 'b passing', 'c passing'], gone: [], size: 3 });
    const body = json(check('b', { Status: 'critical', Output: 'ä€😀' }), check('c'), check('d'));
    expect(told(readBy(list, body))).toEqual({
      isWhole: false,
      changed: ['b critical', 'd passing'],
      gone: ['a'],
      size: 3,
      bytes: Buffer.byteLength(body),
    });
  });

  it.each(['[]', 'null', ' null\n'])('tells %j as the end of all', (body) => {
    const { list } = listAfter(json(check('a')));
    expect(told(readBy(list, body))).toMatchObject({ isWhole: false, changed: [], gone: ['a'], size: 0 });
  });

  it('holds the next answer against what was taken in, not against what was merely read', () => {
    const { list } = listAfter(json(check('a')));
    readBy(list, '[]');
    expect(told(readBy(list, json(check('a'))))).toMatchObject({ isWhole: false, changed: [], gone: [] });
    readBy(list, json(check('b')));
    expect(told(readBy(list, json(check('b'))))).toMatchObject({ changed: ['b passing'], gone: ['a'] });
  });

  it('tells all of it when it is to be read anew', () => {
    const { list } = listAfter(json(check('a')));
    const anew = readBy(list, json(check('a')), true);
    expect(told(anew)).toMatchObject({ isWhole: true, changed: ['a passing'] });
    anew.keep();
    expect(told(readBy(list, json(check('a'))))).toMatchObject({ isWhole: false, changed: [] });
  });

  it('tells again and again just what changed, in whatever order the list comes', () => {
    const checks = fc.uniqueArray(
      fc.record({
        Node: fc.constantFrom('n', 'm'),
        CheckID: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
        Status: fc.constantFrom('passing', 'critical'),
      }),
      { selector: ({ Node, CheckID }) => `${Node} ${CheckID}` },
    );
    fc.assert(
      fc.property(fc.array(checks, { minLength: 1, maxLength: 8 }), (answers) => {
        const list = new CheckList('watching', systemClock, nothingKnown);
        let before: readonly Check[] = [];
        for (const after of answers) {
          const { changed, gone, keep, size } = readBy(list, JSON.stringify(after));
          keep();
          const nameOfCheck = ({ Node, CheckID }: Check): string => `${Node} ${CheckID}`;
          const had = new Map(before.map((one) => [nameOfCheck(one), one.Status]));
          const has = new Set(after.map(nameOfCheck));
          const names = changed.map(({ id: { node, checkId }, status }) => `${node} ${checkId} ${status}`);
          expect(names).toEqual(
            after
              .filter((one) => had.get(nameOfCheck(one)) !== one.Status)
              .map((one) => `${nameOfCheck(one)} ${one.Status}`),
          );
          const lost = before.map(nameOfCheck).filter((name) => !has.has(name));
          expect(
            gone
              .map((key) =>
                key
                  .split('\0')
                  .filter((part) => part !== '')
                  .join(' '),
              )
              .sort(),
          ).toEqual(lost.sort());
          expect(size).toBe(after.length);
          before = after;
        }
      }),
    );
  });

  it('tells nothing of what is no check, when it comes and when it goes', () => {
    const { list, first } = listAfter(json({ Node: 'n' }, check('a')));
    expect(first).toMatchObject({ changed: ['a passing'], size: 2 });
    expect(told(readBy(list, json(check('a'))))).toMatchObject({ changed: [], gone: [], size: 1 });
  });

  it('tells one that stands there twice as often as it changes', () => {
    const { list, first } = listAfter(json(check('a'), check('a')));
    expect(first).toMatchObject({ changed: ['a passing'], size: 2 });
    expect(told(readBy(list, json(check('b'), check('b'))))).toMatchObject({ changed: ['b passing'], gone: ['a'] });
  });

  it.each(['', '{', '{}', '[{"Node":"n"', '"text"'])(
    'refuses %j, and holds the next against the one before',
    (body) => {
      const { list } = listAfter(json(check('a')));
      expect(() => readBy(list, body)).toThrow(expect.objectContaining({ code: 'ESM_CONSUL_UNAVAILABLE' }) as Error);
      expect(told(readBy(list, json(check('a'))))).toMatchObject({ isWhole: false, changed: [] });
    },
  );
});

const UNCUT = [
  ['spaced by another server', `[ ${JSON.stringify(check('a'))} ]`, ['a passing']],
  ['with its fields in another order', '[{"CheckID":"a","Node":"n"}]', ['a ']],
  ['with the border within', '[{"Node":"n","CheckID":"a","X":[{},{"Node":"x"}]}]', ['a ']],
] as const;

it.each(UNCUT)('a list %s is read as a whole each time, once it is known that it cannot be cut', (_, body, changed) => {
  const list = new CheckList('watching', systemClock, nothingKnown);
  read(list, json(check('z'))).keep();
  expect(() => read(list, body)).toThrow('watching: the answer is not a list of checks');
  for (let time = 0; time < 2; time += 1) {
    expect(list.begin(false)).toBeUndefined();
    const difference = readWhole(list, body);
    expect(told(difference)).toMatchObject({ isWhole: true, changed, size: 1 });
    difference.keep();
  }
  const next = readWhole(list, json(check('a')));
  expect(told(next)).toMatchObject({ isWhole: true });
  next.keep();
  expect(list.begin(false)).toBeDefined();
});

it('forgets an answer whose body broke off', () => {
  const list = new CheckList('watching', systemClock, nothingKnown);
  read(list, json(check('a'), check('z'))).keep();
  list.begin(false)?.push(Buffer.from(`${json(check('z'), check('b')).slice(0, -1)},{"Node":"n","Check`));
  expect(told(read(list, json(check('a'), check('b'))))).toMatchObject({ changed: ['b passing'], gone: ['z'] });
});

it('tells how much of the time in which the body came went into reading it', () => {
  let nowMs = 0;
  const list = new CheckList('watching', { ...systemClock, now: () => (nowMs += 10) }, nothingKnown);
  const reader = list.begin(false);
  const pieces = inEqualPieces(Buffer.from(json(check('a'), check('b'))), 20);
  for (const piece of pieces) {
    nowMs += 1_000; // it is waited for
    reader?.push(piece);
  }
  list.read(answer(Buffer.alloc(0)), false);
  expect(list.readMs).toBe(pieces.length * 10);
  readWhole(list, '[]');
  expect(list.readMs).toBe(0);
});

it('tells a check that says what is known already as the known one', () => {
  const known = new Map<string, CheckRecord>();
  const list = new CheckList('watching', systemClock, (key) => known.get(key));
  const [before] = read(list, json(check('a', { Output: 'was' }))).changed;
  if (before === undefined) throw new Error('nothing was told');
  known.set(before.key, before);
  const [now] = read(list, json(check('a', { Output: 'is' }))).changed;
  expect(now).toMatchObject({ output: 'is' });
  expect(now?.id).toBe(before.id);
  expect(read(list, json(check('a', { Output: 'was', Extra: 'of no account' }))).changed[0]).toBe(before);
});
