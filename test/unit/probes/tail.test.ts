import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpResponse } from '../../../src/probes/http-response.ts';
import { Tail } from '../../../src/probes/tail.ts';

/** Cuts bytes at the given places. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
};

test('keeps the last 4 KiB however the bytes come', () => {
  const property = fc.property(
    fc.uint8Array({ maxLength: 10_000, size: 'max' }),
    fc.array(fc.nat(), { maxLength: 20 }),
    (values, places) => {
      const ascii = Buffer.from(values.map((value) => 0x20 + (value % 0x5f)));
      const tail = new Tail();
      for (const part of cut(ascii, places)) tail.push(part);
      expect(tail.toString()).toBe(ascii.toString('latin1').slice(-4_096));
    },
  );
  fc.assert(property);
});

test('never gives more than 4 KiB of valid UTF-8, whatever came', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 9_000, size: 'max' }), (values) => {
    const tail = new Tail();
    tail.push(Buffer.from(values));
    const text = tail.toString();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_096);
    expect(Buffer.from(text).toString()).toBe(text);
  });
  fc.assert(property);
});

test.each(['ü', '€', '😀'])('a %s cut in half at the start is left out', (character) => {
  const tail = new Tail();
  const bytes = Buffer.from(character + 'x'.repeat(4_096 - Buffer.byteLength(character) + 1));
  tail.push(bytes);
  expect(tail.toString()).toBe('x'.repeat(4_096 - Buffer.byteLength(character) + 1));
});

test('what it keeps is its own: the buffer may be used again', () => {
  const tail = new Tail();
  const bytes = Buffer.from('first');
  tail.push(bytes);
  bytes.fill('z');
  expect(tail.toString()).toBe('first');
});

test('a response comes to the same however its bytes are cut', () => {
  const whole = Buffer.from(
    'HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x\r\n world\r\n0\r\n\r\n',
  );
  const property = fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
    const response = new HttpResponse('GET', () => false);
    for (const part of cut(whole, places)) response.push(Buffer.from(part));
    expect({ status: response.head?.status, text: response.text, isComplete: response.isComplete }).toEqual({
      status: '200 OK',
      text: 'hello world',
      isComplete: true,
    });
  });
  fc.assert(property);
});

test('no bytes at all make a response throw, or hold more than its bound', () => {
  const property = fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }), (parts) => {
    const response = new HttpResponse('GET', () => false);
    for (const part of [Buffer.from('HTTP/1.1 200 OK\r\n'), ...parts.map((bytes) => Buffer.from(bytes))]) {
      if (!response.isComplete) response.push(part);
    }
    response.end(undefined);
    expect(response.head !== undefined || response.fault !== undefined).toBe(true);
  });
  fc.assert(property);
});
