import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeAt, SyntaxFault } from '../../../src/config/document.ts';
import { parseHcl1 } from '../../../src/config/hcl/parser.ts';
import { askHclParser, askJsHclParser, askOurs, REFUSED } from '../../support/hcl.ts';

describe('parseHcl1', () => {
  it.each([
    ['key = "value"', { key: 'value' }],
    ['"quoted key" = "value"', { 'quoted key': 'value' }],
    ['dotted.and-dashed_key = 1', { 'dotted.and-dashed_key': 1 }],
    ['schlüssel = 1', { schlüssel: 1 }],
    ['a = 1 b = 2', { a: 1, b: 2 }],
    ['a = 1, b = 2', { a: 1, b: 2 }],
    ['a\n=\n1', { a: 1 }],
    ['a = { b = 1, "c" = 2 }', { a: [{ b: 1, c: 2 }] }],
    ['a { "b-c" = "true" }', { a: [{ 'b-c': 'true' }] }],
    ['"a" { "b" { "c" = 1 } }', { a: [{ b: [{ c: 1 }] }] }],
    ['a "b" c { d = 1 }', { a: [{ b: [{ c: [{ d: 1 }] }] }] }],
    ['a {}\na { b = 1 }', { a: [{}, { b: 1 }] }],
    ['a = [1, "x", true, [2], { b = 3 },]', { a: [1, 'x', true, [2], { b: 3 }] }],
    ['a = [ # one\n1, // two\n2 /* three */ ]', { a: [1, 2] }],
    ['# only\n// comments\n/* here\n*/', {}],
    ['', {}],
    ['a = 0x1F', { a: 31 }],
    ['a = 010', { a: 8 }],
    ['a = -1.5e3', { a: -1500 }],
    ['a = .5', { a: 0.5 }],
    ['a = true b = false', { a: true, b: false }],
    [String.raw`a = "\a\b\f\n\r\t\v\\\"\101\x41\u00e9\U0001F680"`, { a: '\x07\b\f\n\r\t\v\\"AAé🚀' }],
    ['a = "${file("x")} and ${1}"', { a: '${file("x")} and ${1}' }],
    ['a = "tab\there # no comment"', { a: 'tab\there # no comment' }],
    ['a = <<EOF\n one\ntwo\nEOF\n', { a: ' one\ntwo\n' }],
    ['a = <<EOF\nEOF\n', { a: '' }],
    ['a = <<EOF\n"quotes" and EOF inside\nEOFs\n  EOF\n', { a: '"quotes" and EOF inside\nEOFs\n  ' }],
    ['a = <<-EOF\n    one\n   two\n   EOF\n', { a: ' one\ntwo\n' }],
    ['a = <<-EOF\n one\n  two\n  EOF\n', { a: ' one\n  two\n' }],
    ['a = [<<E\nx\nE\n, 1]', { a: ['x\n', 1] }],
  ])('reads %j as Go does', (text, expected) => {
    expect(askOurs(text)).toEqual(expected);
    expect(askHclParser(text)).toEqual(expected);
    expect(askJsHclParser(text)).toEqual(expected);
  });

  it.each([
    ['a =', 'Go drops the key in silence'],
    ['a = [,1]', 'Go skips the comma'],
    [String.raw`a = "\xe9"`, 'Go makes half a character of it'],
  ])('refuses %j, though %s', (text) => {
    expect(askHclParser(text)).not.toBe(REFUSED);
    expect(askOurs(text)).toBe(REFUSED);
  });

  it('takes a heredoc that ends with the file, where Go wants one more newline', () => {
    expect(askOurs('a = <<EOF\nb\nEOF')).toEqual({ a: 'b\n' });
  });

  it('keeps large numbers, which compiled Go refuses', () => {
    expect(askOurs('a = 99999999999')).toEqual({ a: 99_999_999_999 });
  });

  it('knows where each part stands', () => {
    const text = 'a = 1\n  "b" {\n\tc = "é" d = [ true ] }';
    const [a, b] = parseHcl1(text).entries;
    const [c, d] = b!.value.type === 'block' ? b!.value.entries : [];
    const places = [
      a!.offset,
      a!.value.offset,
      b!.offset,
      b!.value.offset,
      c!.value.offset,
      d!.offset,
      d!.value.offset,
    ];
    expect(places.map((offset) => placeAt(text, offset!))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 5 },
      { line: 2, column: 3 },
      { line: 2, column: 7 },
      { line: 3, column: 6 },
      { line: 3, column: 10 },
      { line: 3, column: 14 },
    ]);
  });
});

/** Text that Go's two compilations take as it is: no lone surrogates, no `${`, nothing that needs more than 31 bits. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((value) => !value.includes('${') && value !== '__proto__');
const word = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}$/).filter((value) => value !== 'true' && value !== 'false');
const blank = fc.constantFrom(' ', '\n', '\t', ' # note\n', ' // note\n', ' /* a\nnote */ ', '  ');

const scalar = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((number) => !Number.isInteger(number) || Math.abs(number) < 2 ** 31)
    .map(String),
  fc.boolean().map(String),
  fc.constantFrom('<<E\nsome "text"\nE\n', '<<-E\n  more\n   text\n  E\n'),
);

const { value: anyValue } = fc.letrec<{ value: string; block: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    tie('block'),
    fc.tuple(fc.array(tie('value'), { maxLength: 4 }), blank).map(([items, gap]) => `[${items.join(`,${gap}`)}]`),
  ),
  block: fc
    .uniqueArray(fc.tuple(key(), blank, tie('value')), { maxLength: 4, selector: ([[name]]) => name })
    .map((entries) => `{${entries.map(([[, written], gap, value]) => `${written}${gap}=${value}`).join('\n')}}`),
}));

function key() {
  return fc.oneof(
    word.map((name) => [name, name] as const),
    text.map((name) => [name, JSON.stringify(name)] as const),
  );
}

const entry = fc
  .tuple(key(), blank, anyValue, fc.constantFrom('=', ' = '))
  .map(([[name, written], gap, value, sign]) => {
    const isBlock = value.startsWith('{') && gap.length % 2 === 0;
    return [name, `${written}${gap}${isBlock ? '' : sign}${value}`] as const;
  });

const file = fc
  .uniqueArray(entry, { maxLength: 6, selector: ([name]) => name })
  .map((entries) => entries.map(([, written]) => written).join('\n'));

describe('parseHcl1, beside compiled Go', () => {
  it('reads what is well formed alike', () => {
    fc.assert(
      fc.property(file, (hcl) => {
        const ours = askOurs(hcl);
        expect(ours).not.toBe(REFUSED);
        expect(askHclParser(hcl)).toEqual(ours);
        expect(askJsHclParser(hcl)).toEqual(ours);
      }),
      { numRuns: 150 },
    );
  });

  it('draws the line between right and wrong where Go draws it', () => {
    const parts = [
      ...[
        '=',
        '=',
        '{',
        '}',
        '[',
        ']',
        ',',
        '\n',
        ' ',
        '# c\n',
        '/* e */',
        '1',
        '-2.5',
        '0x1f',
        '1e3',
        'true',
        '"x${y("z")}"',
      ],
      ...['<<E\nx\nE\n', '<<-E\n  x\n  E\n', 'a', 'b.c-d', '"e"', 'f = 1\n', 'g { h = 2 }\n', 'i = [1, 2]\n'],
    ];
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(parts.length - 1), { maxLength: 12 }), (soup) => {
        const hcl = soup.map((index) => parts[index]).join(' ');
        // Go takes a brace in front for JSON, drops a key that ends the file, and skips commas at the head of a list.
        fc.pre(!/^\s*\{|=(?:\s|#[^\n]*\n|\/\*.*?\*\/)*$|\[(?:\s|#[^\n]*\n|\/\*.*?\*\/)*,/.test(hcl));
        expect(askOurs(hcl)).toEqual(askHclParser(hcl));
      }),
      { numRuns: 400 },
    );
  });

  it('never fails but by a fault with its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (anything) => {
        try {
          parseHcl1(anything);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxFault);
        }
      }),
    );
  });
});
