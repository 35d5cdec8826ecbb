/** Servers that never come to an end. */
import type { Socket } from 'node:net';
import { startHttpTarget, startTcpTarget, type Target } from './targets.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const TOO_LONG = 'net/http: server response headers exceeded 65536 bytes; aborted';

/** What is said first, what again and again behind it, and how the rest of the output goes. */
export type Pour = readonly [what: string, head: string, more: string, output: string];

export const HEADS_WITHOUT_END: readonly Pour[] = [
  ['header lines', OK, 'X: y\r\n', TOO_LONG],
  ['one header line', `${OK}X: `, 'y'.repeat(1_000), TOO_LONG],
  ['carriage returns', OK, '\r', TOO_LONG],
  ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'net/http: too many 1xx informational responses'],
];

/** Read until the time is over. */
export const BODIES_WITHOUT_END: readonly Pour[] = [
  ['a body', `${OK}\r\n`, 'x'.repeat(10_000), 'x'.repeat(4_096)],
  ['chunks of one byte', CHUNKED, '1\r\nx\r\n', 'x'.repeat(4_096)],
  ['one chunk beyond all bounds', `${CHUNKED}fffffffffffff\r\n`, 'x'.repeat(10_000), 'x'.repeat(4_096)],
];

/** Given up at 4 KiB of the line. */
export const SIZE_LINES_WITHOUT_END: readonly Pour[] = [
  ['a chunk size', CHUNKED, '0'.repeat(1_000), ''],
  ['a chunk extension', `${CHUNKED}5;`, 'x'.repeat(1_000), ''],
];

/** Calls back whenever it has said a piece, with the number of bytes that it has said to one connection by then. */
export type OnPoured = (bytes: number) => unknown;

/** Says `head` and then `more`, again and again, as fast as it is read. In large pieces: small ones keep the server itself busy. */
export const startPourer = (head: string, more: string, onPoured: OnPoured = () => undefined): Promise<Target> =>
  startTcpTarget((socket) => {
    const plenty = more.repeat(Math.ceil(30_000 / more.length));
    const pour = (): void => {
      while (!socket.destroyed && socket.write(plenty));
      socket.once('drain', pour);
      onPoured(socket.bytesWritten);
    };
    socket.once('data', () => {
      socket.write(head);
      pour();
    });
  });

/** Says byte after byte, each in a packet of its own, as fast as they go out. */
const drip = (socket: Socket, nextByte: () => string | undefined): void => {
  const byte = nextByte();
  if (byte !== undefined && !socket.destroyed) {
    socket.write(byte, () => {
      setImmediate(drip, socket, nextByte);
    });
  }
};

const startDripper = (makeNextByte: () => () => string | undefined): Promise<Target> =>
  startTcpTarget((socket) => {
    socket.setNoDelay(true);
    socket.once('data', () => {
      drip(socket, makeNextByte());
    });
  });

/** Says `text` byte by byte, and then no more. */
export const startDrip = (text: string): Promise<Target> =>
  startDripper(() => {
    let at = -1;
    return () => text[(at += 1)];
  });

/** Says a head of which no line ends, byte by byte. */
export const startEndlessDrip = (): Promise<Target> =>
  startDripper(() => {
    let at = -1;
    return () => OK[(at += 1)] ?? 'x';
  });

/** Says `length` bytes of a head and then no more, but stays. */
export const startStalledHead = (length: number): Promise<Target> =>
  startTcpTarget((socket) => {
    socket.once('data', () => socket.write(`${OK}X: `.padEnd(length, 'y')));
  });

/** Answers with some 200 MB of which `end` is the end. */
export const startBulk = (character: string, end: string): Promise<Target> => {
  const chunk = Buffer.alloc(65_536, character);
  return startHttpTarget((_request, response) => {
    let left = 3_200;
    const write = (): void => {
      while (left > 0) {
        left -= 1;
        if (!response.write(chunk)) {
          response.once('drain', write);
          return;
        }
      }
      response.end(end);
    };
    write();
  });
};
