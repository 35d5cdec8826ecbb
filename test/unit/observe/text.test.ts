import { describe, expect, it } from 'vitest';
import { EsmError } from '../../../src/errors.ts';
import type { LogFields } from '../../../src/observe/log.ts';
import { localStamp, textLines } from '../../../src/observe/text.ts';

const body = (message: string, fields: LogFields = {}): string => textLines()('INFO', 0, message, fields).body;

describe('the text line', () => {
  it('is stamped with local time', () => {
    expect(localStamp(new Date(2017, 9, 31, 21, 59, 41).getTime())).toBe('2017/10/31 21:59:41');
    expect(localStamp(new Date(2026, 0, 2, 3, 4, 5).getTime())).toBe('2026/01/02 03:04:05');
  });

  it.each<[string, LogFields, string]>([
    ['no fields', {}, '[INFO] message'],
    ['a word', { key: 'value' }, '[INFO] message: key=value'],
    ['two words', { key: 'two words' }, '[INFO] message: key="two words"'],
    ['several', { a: 1, b: true, c: null }, '[INFO] message: a=1 b=true c=null'],
    ['undefined', { a: undefined, b: 2 }, '[INFO] message: b=2'],
    ['an empty string', { a: '' }, '[INFO] message: a=""'],
    ['quotes and backslashes', { a: 'say "hi" \\' }, String.raw`[INFO] message: a="say \"hi\" \\"`],
    ['what looks like a field', { a: 'x=y' }, '[INFO] message: a="x=y"'],
    ['a bigint', { flags: 3304740253564472344n }, '[INFO] message: flags=3304740253564472344'],
    ['not a number', { a: Number.NaN }, '[INFO] message: a=NaN'],
    ['a list', { nodes: ['a', 'b'] }, String.raw`[INFO] message: nodes="[\"a\",\"b\"]"`],
    ['a function', { a: () => 1 }, '[INFO] message: a=function'],
    ['a date', { at: new Date(0) }, '[INFO] message: at=1970-01-01T00:00:00.000Z'],
    ['a map', { m: new Map([['k', 1]]) }, String.raw`[INFO] message: m="[[\"k\",1]]"`],
    [
      'an error of ours',
      { error: new EsmError('ESM_CONSUL_UNAVAILABLE', 'connection refused', { cause: new Error('hidden') }) },
      '[INFO] message: error="ESM_CONSUL_UNAVAILABLE: connection refused"',
    ],
    ['an error without a code', { error: new TypeError('bad') }, '[INFO] message: error=bad'],
    ['letters beyond ASCII', { name: 'Knötchen→' }, '[INFO] message: name=Knötchen→'],
  ])('shows %s', (_, fields, expected) => {
    expect(body('message', fields)).toBe(expected);
  });

  it('lets a check forge no line and move no cursor', () => {
    const forged =
      'ok\r\n2017/10/31 21:59:41 [ERROR] forged\u001b[2J\u0000\u0085\u009b31m\u2028\u2029\u202egnp.exe\u007f';
    for (const line of [
      body(forged),
      body('m', { output: forged }),
      body('m', { [forged]: 1 }),
      body('m', { o: { forged } }),
    ])
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(body('a\nb\tc\u001bd')).toBe(String.raw`[INFO] a\nb\tc\u001bd`);
    expect(body('m', { output: 'a\nb' })).toBe(String.raw`[INFO] m: output="a\nb"`);
  });

  it('ends a value that holds itself', () => {
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    expect(body('m', { ring })).toContain('{...}');
  });
});
