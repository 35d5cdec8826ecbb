import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeGoTime, encodeGoTime } from '../../../src/consul/go-time.ts';

/** What Go's `MarshalBinary` gives for 2017-10-31 21:59:41.5 UTC. */
const GO = '010000000ed18ae94d1dcd6500ffff';
const MS = Date.UTC(2017, 9, 31, 21, 59, 41, 500);

it('writes what Go writes', () => {
  expect(encodeGoTime(MS).toString('hex')).toBe(GO);
});

it.each([
  ['UTC', GO],
  ['an offset of two hours', '010000000ed18ae94d1dcd65000078'],
  ['a negative offset', '010000000ed18ae94d1dcd6500fed4'],
  ['version 2, with seconds in the offset', '020000000ed18ae94d1dcd6500007807'],
])('reads what Go wrote with %s', (_, hex) => {
  expect(decodeGoTime(Buffer.from(hex, 'hex'))).toBe(MS);
});

it.each([
  ['nothing', ''],
  ['one byte less', GO.slice(2)],
  ['one byte more', `${GO}00`],
  ['an unknown version', `03${GO.slice(2)}`],
  ['version 2 with the length of 1', `02${GO.slice(2)}`],
  ['more nanoseconds than a second has', '010000000ed18ae94d3b9aca00ffff'],
  ['a year beyond all calendars', '017fffffffffffffff00000000ffff'],
  ['text', Buffer.from('2017-10-31T21:59').toString('hex')],
])('reads no time from %s', (_, hex) => {
  expect(decodeGoTime(Buffer.from(hex, 'hex'))).toBeUndefined();
});

it('gives back every time it wrote', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 8.64e15 }), (ms) => {
      expect(decodeGoTime(encodeGoTime(ms))).toBe(ms);
    }),
  );
});

it('throws at no bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      decodeGoTime(Buffer.from(bytes));
    }),
  );
});
