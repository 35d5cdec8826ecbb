/** The lean reader of HTTP answers against undici on the same bytes, and against servers that mean harm. */
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { expect, test } from 'vitest';
import { HttpResponse } from '../../../src/probes/http-response.ts';
import { Tail } from '../../../src/probes/tail.ts';
import { startRawTarget } from '../../support/targets.ts';

/** What both readers must agree on. */
interface Read {
  readonly statusCode: number | undefined;
  readonly text: string;
}

const text = fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019 -_;,=/')), maxLength: 12 });
const header = fc
  .tuple(fc.stringMatching(/^X-[A-Za-z0-9]{1,8}$/), text)
  .map(([name, value]) => `${name}: ${value}\r\n`);
const headers = fc.array(header, { maxLength: 4 }).map((lines) => lines.join(''));
const interim = fc
  .tuple(fc.constantFrom('102 Processing', '103 Early Hints'), headers)
  .map(([status, lines]) => `HTTP/1.1 ${status}\r\n${lines}\r\n`);
const status = fc.constantFrom(
  '200 OK',
  '200',
  '204 No Content',
  '299 x',
  '304 Not Modified',
  '429 Too Many',
  '503 No',
);
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

const chunked = (whole: Buffer, sizes: readonly number[], extension: string, trailer: string): Buffer => {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, whole.length]) {
    const part = whole.subarray(at, at + size);
    at += part.length;
    if (part.length > 0)
      parts.push(Buffer.from(`${part.length.toString(16)}${extension}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
};

/** The lines that say how a body ends, and the body in that form. */
const framed = fc.oneof(
  body.map((bytes) => [`Content-Length: ${bytes.length}\r\n`, bytes] as const),
  body.map((bytes) => ['', bytes] as const),
  fc
    .tuple(body, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }), fc.constantFrom('', ';a=b'), headers)
    .map(([bytes, sizes, extension, trailer]) => {
      return ['Transfer-Encoding: chunked\r\n', chunked(bytes, sizes, extension, trailer)] as const;
    }),
);

/** An answer as servers give it, its body perhaps cut off by the end of the connection. */
const answer = fc
  .record({ interims: fc.array(interim, { maxLength: 2 }), status, headers, framed, kept: fc.nat(400) })
  .map(({ interims, status: line, headers: lines, framed: [framing, bytes], kept }) => {
    const hasBody = !/^(204|304)/.test(line);
    const head = `${interims.join('')}HTTP/1.1 ${line}\r\n${lines}${hasBody ? framing : ''}Connection: close\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), hasBody ? bytes.subarray(0, kept) : Buffer.alloc(0)]);
  });

const readInParts = (parts: readonly Buffer[]): Read => {
  const response = new HttpResponse('GET', () => false);
  for (const part of parts) if (!response.isComplete) response.push(Buffer.from(part));
  response.end(undefined);
  return { statusCode: response.head?.statusCode, text: response.text };
};

const readByUndici = async (bytes: Buffer): Promise<Read> => {
  await using target = await startRawTarget(bytes);
  const agent = new Agent();
  try {
    const { statusCode, body: stream } = await request(`http://127.0.0.1:${target.port}/`, { dispatcher: agent });
    const tail = new Tail();
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) tail.push(chunk);
    } catch {
      // A body that breaks is given as far as it came.
    }
    return { statusCode, text: tail.toString() };
  } finally {
    await agent.destroy();
  }
};

test('it reads what undici reads, wherever the bytes are cut', async () => {
  const property = fc.asyncProperty(answer, async (bytes) => {
    const expected = await readByUndici(bytes);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(readInParts([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
    expect(readInParts(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 100 });
});

/** What servers say that mean harm, in pieces. */
const piece = fc.oneof(
  fc.constantFrom('\r', '\n', '\r\n', '\n\r', '\r\r\n', '\0', ' ', '\t', ':', ';', 'HTTP/1.1 200 OK', 'HTTP/1.1 100 C'),
  fc.constantFrom('Content-Length: 5', 'Content-Length: 99999999999999', 'Content-Length: 5, 6', 'Content-Length: +5'),
  fc.constantFrom('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding : chunked'),
  fc.constantFrom('ffffffff', '0', '5', '-1', '0x5', 'fffffffffffffffffff', 'hello', 'Location: http://[', 'é'),
);

test('nonsense comes to the same wherever it is cut, and to an answer or a fault', () => {
  const property = fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, isAnswer) => {
    const bytes = Buffer.from(`${isAnswer ? 'HTTP/1.1 200 OK\r\n' : ''}${pieces.join('')}`);
    const whole = readInParts([bytes]);
    expect(readInParts(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(whole);
    for (let at = 0; at < bytes.length; at += 7) {
      expect(readInParts([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });
  fc.assert(property, { numRuns: 1_000 });
});
