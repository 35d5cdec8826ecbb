import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatGoDuration, parseGoDuration } from '../../src/duration.ts';

// The cases of Go's own time_test.go, in milliseconds.
describe.each([
  ['0', 0],
  ['+0', 0],
  ['-0', 0],
  ['5s', 5_000],
  ['30s', 30_000],
  ['1478s', 1_478_000],
  ['-5s', -5_000],
  ['+5s', 5_000],
  ['5.0s', 5_000],
  ['5.6s', 5_600],
  ['5.s', 5_000],
  ['.5s', 500],
  ['1.004s', 1_004],
  ['1.0040s', 1_004],
  ['100.00100s', 100_001],
  ['10ns', 0.00001],
  ['11us', 0.011],
  ['12µs', 0.012],
  ['12μs', 0.012],
  ['13ms', 13],
  ['15m', 900_000],
  ['16h', 57_600_000],
  ['3h30m', 12_600_000],
  ['10.5s4m', 250_500],
  ['-2m3.4s', -123_400],
  ['1h2m3s4ms5us6ns', 3_723_004.005006],
  ['39h9m14.425s', 140_954_425],
  ['0.3333333333333333333h', 1_200_000],
  ['0.100000000000000000000h', 360_000],
  ['9223372036854775807ns', 9223372036854.775807],
  ['-9223372036854775808ns', -9223372036854.775808],
  ['72h', 259_200_000],
])('parseGoDuration(%j)', (text, ms) => {
  test(`is ${ms} ms`, () => {
    expect(parseGoDuration(text)).toBe(ms);
  });
});

test.each([
  ...[
    '',
    '3',
    '-',
    's',
    '.',
    '-.',
    '.s',
    '+.s',
    '10',
    '1d',
    '1 s',
    ' 1s',
    '1s ',
    '--1s',
    '1.2.3s',
    'toString',
    '1toString',
  ],
  ...['9223372036854775808ns', '9223372036854775.808us', '9223372036854ms775us808ns', '-9223372036854775809ns'],
  ...['3000000h', '99999999999999999999999s', '1e3s', '0x1s', '1S', 'banana'],
])('parseGoDuration(%j) is refused, as Go refuses it', (text) => {
  expect(parseGoDuration(text)).toBeUndefined();
});

test.each([
  [0, '0s'],
  [0.00001, '10ns'],
  [0.0011, '1.1µs'],
  [2.2, '2.2ms'],
  [100, '100ms'],
  [1_500, '1.5s'],
  [3_300, '3.3s'],
  [245_000, '4m5s'],
  [245_001, '4m5.001s'],
  [18_367_001, '5h6m7.001s'],
  [480_000_000, '133h20m0s'],
  [259_200_000, '72h0m0s'],
  [300_000, '5m0s'],
  [-1_000, '-1s'],
])('formatGoDuration(%d) is %j', (ms, text) => {
  expect(formatGoDuration(ms)).toBe(text);
});

test('what is formatted is read back as the same duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 43), max: 2 ** 43 }), (ms) => {
      expect(parseGoDuration(formatGoDuration(ms))).toBe(ms === 0 ? 0 : ms);
    }),
  );
});
