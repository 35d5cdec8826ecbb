import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeAt, SyntaxFault, type Value } from '../../../src/config/document.ts';
import { parseJson } from '../../../src/config/json.ts';

const toPlain = (value: Value): unknown => {
  if (value.type === 'scalar') return value.value;
  if (value.type === 'list') return value.items.map(toPlain);
  return Object.fromEntries(value.entries.map((entry) => [entry.key, toPlain(entry.value)]));
};

const refuses = (text: string): boolean => {
  try {
    parseJson(text);
    return false;
  } catch (error) {
    return error instanceof SyntaxFault;
  }
};

describe('parseJson', () => {
  it('reads every object as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 })),
        fc.nat(4),
        (object, indent) => {
          const text = JSON.stringify(object, undefined, indent);
          expect(toPlain(parseJson(text))).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('refuses what JSON.parse refuses, but for a comma behind the last part', () => {
    const parts = ['{', '}', '[', ']', ',', ':', '"a"', '1', '-0.5e3', 'true', 'null', '\n', '"\\u00e9"', '01', '"\t"'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (soup) => {
        const text = `{${soup.join('')}}`;
        fc.pre(!/,\s*[}\]]/.test(text));
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(refuses(text)).toBe(!isJson);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['{"a": 1,}', '{"a": [1, 2,], }'])('forgives the comma in %s', (text) => {
    expect(refuses(text)).toBe(false);
  });

  it('keeps keys given twice, in order', () => {
    expect(parseJson('{"a": 1, "a": 2}').entries.map(({ key, value }) => [key, toPlain(value)])).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
  });

  it('knows where each part stands', () => {
    const text = '{\n  "a": {\n    "b": [ 7 ]\n  }\n}';
    const block = parseJson(text).entries[0]!.value;
    const list = block.type === 'block' ? block.entries[0]!.value : block;
    const item = list.type === 'list' ? list.items[0]! : list;
    expect(placeAt(text, item.offset!)).toEqual({ line: 3, column: 12 });
  });
});
