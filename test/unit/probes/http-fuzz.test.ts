/** The lean reader of HTTP answers against undici on the same bytes, and against servers that mean harm. */
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { HttpResponse } from '../../../src/probes/http-response.ts';
import { Tail } from '../../../src/probes/tail.ts';
import { probeOnce } from '../../support/probing.ts';
import { startRawTarget, startTcpTarget } from '../../support/targets.ts';

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

describe('a server that never comes to an end is left when the time is over', () => {
  /** Says `head` and then `more`, again and again, as fast as it is read. In large pieces: small ones keep the server itself busy. */
  const startPourer = (head: string, more: string) =>
    startTcpTarget((socket) => {
      const plenty = more.repeat(Math.ceil(30_000 / more.length));
      const pour = (): void => {
        while (!socket.destroyed && socket.write(plenty));
        socket.once('drain', pour);
      };
      socket.once('data', () => {
        socket.write(head);
        pour();
      });
    });
  const OK = 'HTTP/1.1 200 OK\r\n';
  const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

  test.each([
    ['header lines', OK, 'X: y\r\n', 'server response headers exceeded 65536 bytes'],
    ['one header line', `${OK}X: `, 'y'.repeat(1_000), 'server response headers exceeded 65536 bytes'],
    ['carriage returns', OK, '\r', 'server response headers exceeded 65536 bytes'],
    ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'too many 1xx informational responses'],
  ])('%s: refused at 64 KiB', async (_what, head, more, fault) => {
    await using target = await startPourer(head, more);
    const outcome = await probeOnce({ HTTP: `http://127.0.0.1:${target.port}/` });
    expect(outcome).toMatchObject({
      status: 'critical',
      output: { asymmetricMatch: (said: string) => said.includes(fault) },
    });
  });

  test.each([
    ['chunks of one byte', CHUNKED, '1\r\nx\r\n', 'x'.repeat(4_096)],
    ['one chunk beyond all bounds', `${CHUNKED}fffffffffffff\r\n`, 'x'.repeat(10_000), 'x'.repeat(4_096)],
    ['a chunk size without end', CHUNKED, '0'.repeat(1_000), ''],
    ['a chunk extension without end', `${CHUNKED}5;`, 'x'.repeat(1_000), ''],
  ])('%s: the status line decides', async (_what, head, more, body) => {
    await using target = await startPourer(head, more);
    const url = `http://127.0.0.1:${target.port}/`;
    const outcome = await probeOnce({ HTTP: url }, { timeoutMs: 500 });
    expect(outcome).toEqual({ type: 'measured', status: 'passing', output: `HTTP GET ${url}: 200 OK Output: ${body}` });
  });

  test('a head byte by byte: refused when the time is over', async () => {
    await using target = await startTcpTarget((socket) => {
      socket.setNoDelay(true);
      socket.write(OK);
      const drip = (): void => {
        if (!socket.destroyed) socket.write('x', () => setImmediate(drip));
      };
      socket.once('data', drip);
    });
    const outcome = await probeOnce({ HTTP: `http://127.0.0.1:${target.port}/` }, { timeoutMs: 300 });
    expect(outcome).toMatchObject({ status: 'critical' });
  });
});
