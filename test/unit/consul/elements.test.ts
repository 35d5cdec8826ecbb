import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ElementCutter } from '../../../src/consul/elements.ts';
import { inEqualPieces, inPieces } from '../../support/pieces.ts';

/** The elements that were cut, or undefined: it could not be. */
const cut = (pieces: readonly Buffer[]): readonly string[] | undefined => {
  const found: string[] = [];
  const cutter = new ElementCutter((bytes) => found.push(bytes.toString()));
  for (const piece of pieces) cutter.push(piece);
  return cutter.end() ? found : undefined;
};

const compact = (list: readonly unknown[]): Buffer => Buffer.from(JSON.stringify(list));
const spaced = (list: readonly unknown[]): Buffer => Buffer.from(`${JSON.stringify(list, undefined, 4)}\n`);

/** Names that look like the borders between elements, and Outputs that do. */
const text = fc.oneof(fc.string(), fc.constantFrom('},{"Node":"', '\n    },\n    {\n        "Node": "', '}]', 'ä€😀'));
const element = fc.record({ Node: text, Output: text, Definition: fc.dictionary(text, text, { maxKeys: 3 }) });
const list = fc.array(element, { minLength: 1, maxLength: 30 });

it.each([
  ['compact', compact],
  ['spaced', spaced],
])('a %s list is cut into its elements, whatever they hold and whatever pieces it comes in', (_, write) => {
  fc.assert(
    fc.property(list, fc.array(fc.nat(200)), (elements, lengths) => {
      const found = cut(inPieces(write(elements), lengths));
      expect(found?.map((one) => JSON.parse(one) as unknown)).toEqual(elements);
    }),
  );
});

it.each([1, 7, 70_000])('elements longer than what is held of a list are cut, %i bytes at a time', (length) => {
  const elements = ['x', 'y'.repeat(300_000), 'z'].map((Output) => ({ Node: 'n', Output }));
  const body = compact(elements);
  const found = cut(inEqualPieces(body, length));
  expect(found?.map((one) => JSON.parse(one) as unknown)).toEqual(elements);
});

it.each([1_000, 65_536, 1_000_000])('a list of many elements is cut, %i bytes at a time', (length) => {
  const elements = Array.from({ length: 2_000 }, (_, place) => ({ Node: `n${place}`, Output: 'ä'.repeat(place % 97) }));
  const found = cut(inEqualPieces(compact(elements), length));
  expect(found?.map((one) => JSON.parse(one) as unknown)).toEqual(elements);
});

it.each(['[]', 'null', ' null\n', '[ ]\n'])('%j has no elements', (body) => {
  expect(cut([Buffer.from(body)])).toEqual([]);
});

it.each([
  '',
  '{}',
  '[{"Name":"x"}]',
  '[{"Node":"x"',
  '[{"Node":"x"}]]',
  '[ {"Node":"x"} ]',
  ' '.repeat(100),
  `[ ${'{'.repeat(100)}`,
])('%j is not cut', (body) => {
  expect(cut([Buffer.from(body)])).toBeUndefined();
  expect(cut(inEqualPieces(Buffer.from(body), 1))).toBeUndefined();
});

it('an element that does not end is given up, and no more of it is held', () => {
  const cutter = new ElementCutter(() => undefined);
  cutter.push(Buffer.from('[{"Node":"'));
  const before = process.memoryUsage().arrayBuffers;
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let count = 0; count < 64; count += 1) cutter.push(piece);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  cutter.push(Buffer.from('"}]'));
  expect(cutter.end()).toBe(false);
});
