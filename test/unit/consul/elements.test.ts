import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countOf, cut, differenceOf, NO_ELEMENTS, textOf, type Elements } from '../../../src/consul/elements.ts';

const breathe = (): Promise<void> => Promise.resolve();
const textsOf = (elements: Elements): readonly string[] =>
  Array.from({ length: countOf(elements) }, (_, place) => textOf(elements, place));
const compact = (list: readonly unknown[]): Buffer => Buffer.from(JSON.stringify(list));
const spaced = (list: readonly unknown[]): Buffer => Buffer.from(JSON.stringify(list, undefined, 4));

/** Names that look like the borders between elements, and Outputs that do. */
const text = fc.oneof(fc.string(), fc.constantFrom('},{"Node":"', '\n    },\n    {\n        "Node": "', '}]', 'ä€😀'));
const element = fc.record({ Node: text, Output: text, Definition: fc.dictionary(text, text, { maxKeys: 3 }) });
const list = fc.array(element, { minLength: 1, maxLength: 30 });

it.each([
  ['compact', compact],
  ['spaced', spaced],
])('a %s list is cut into its elements, whatever they hold', async (_, write) => {
  await fc.assert(
    fc.asyncProperty(list, async (elements) => {
      const found = await cut(write(elements), breathe);
      expect(found && textsOf(found).map((one) => JSON.parse(one) as unknown)).toEqual(elements);
    }),
  );
});

it.each(['', 'null', '[]', '{}', '[{"Name":"x"}]', '[{"Node":"x"', '[ {"Node":"x"} ]'])(
  '%j is not cut',
  async (body) => {
    expect(await cut(Buffer.from(body), breathe)).toBeUndefined();
  },
);

const bytes = async (elements: readonly unknown[]): Promise<Elements> =>
  (await cut(compact(elements), breathe)) ?? NO_ELEMENTS;

const many = Array.from({ length: 200 }, (_, place) => ({ Node: `n${place}`, Name: '', Output: 'x' }));

it('what is neither lost nor found stands in both lists, as often in one as in the other', async () => {
  const two = fc.tuple(list, fc.array(fc.nat(40)), list).map(([before, kept, more]) => {
    const after = [...kept.flatMap((place) => before[place] ?? []), ...more];
    return [
      [...many, ...before, ...many],
      [...many.slice(more.length), ...after, ...many],
    ] as const;
  });
  await fc.assert(
    fc.asyncProperty(two, async ([listBefore, listAfter]) => {
      const [before, after] = [await bytes(listBefore), await bytes(listAfter)];
      const { lost, found } = await differenceOf(before, after, breathe);
      const rest = (elements: Elements, places: readonly number[]): readonly string[] =>
        textsOf(elements)
          .filter((_, place) => !places.includes(place))
          .sort();
      expect(rest(before, lost)).toEqual(rest(after, found));
    }),
  );
});

const others = Array.from({ length: 100 }, (_, place) => ({ Node: `m${place}`, Name: '', Output: 'x' }));
const all = many.map((_, place) => place);

it.each([
  ['nothing', many, [], []],
  ['one changed', many.with(7, { Node: 'n7', Name: '', Output: 'yy' }), [7], [7]],
  [
    'two neighbours changed',
    many.with(7, { Node: 'n7', Name: '', Output: 'y' }).with(8, { Node: 'n8', Name: '', Output: 'y' }),
    [7, 8],
    [7, 8],
  ],
  ['one added', many.toSpliced(9, 0, { Node: 'n8a', Name: '', Output: 'x' }), [], [9]],
  ['ten removed', many.toSpliced(100, 10), [100, 101, 102, 103, 104, 105, 106, 107, 108, 109], []],
  ['a hundred removed', many.toSpliced(50, 100), Array.from({ length: 100 }, (_, place) => 50 + place), []],
  ['a hundred added', [...others, ...many], [], others.map((_, place) => place)],
  ['all changed', many.map(({ Node }) => ({ Node, Name: '', Output: 'y' })), all, all],
  ['the last removed', many.slice(0, -1), [199], []],
])('finds no more than what changed: %s', async (_, after, lost, found) => {
  expect(await differenceOf(await bytes(many), await bytes(after), breathe)).toEqual({ lost, found });
});
