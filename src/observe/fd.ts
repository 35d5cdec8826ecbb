/** Log lines to a file descriptor: stdout unless told otherwise. */
import { pino } from 'pino';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { Line, OpenSink } from './sink.ts';

export interface FdSinkOptions {
  /** Default 1, stdout. */
  readonly fd?: number;
  /** Text that goes out before the first line: the banner. */
  readonly preface?: string;
  /** How many bytes may wait for a slow reader before lines are dropped; default 4 MiB. */
  readonly maxWaitingBytes?: number;
  /** How long `close` waits for a reader that takes nothing; default 2 s. */
  readonly stallMs?: number;
  readonly clock?: Clock;
}

type Destination = ReturnType<typeof pino.destination>;

const lineText = ({ stamp, body }: Line): string => (stamp === '' ? `${body}\n` : `${stamp} ${body}\n`);

/** Writes behind the event loop's back, so that a reader that has stopped stops no probe. A closed pipe ends the sink quietly. */
export const fdSink =
  ({
    fd = 1,
    preface = '',
    maxWaitingBytes = 4 * 2 ** 20,
    stallMs = 2_000,
    clock = systemClock,
  }: FdSinkOptions = {}): OpenSink =>
  (log) => {
    const destination = pino.destination({ fd, sync: false, maxLength: maxWaitingBytes, contentMode: 'buffer' });
    /** As bytes: of texts it measures those that wait, up to 16 KiB, anew with each that comes: 8 KB a line while 2,000 checks change. */
    const send = (text: string): void => {
      destination.write(Buffer.from(text) as unknown as string); // safe: in that mode it takes bytes, which its types do not say
    };
    // pino flushes synchronously when the process exits: on a pipe whose reader has stopped, that never returned.
    destination.flushSync = () => undefined;
    if (preface !== '') send(preface);
    let isBroken = false;
    let dropped = 0;
    destination.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') isBroken = true;
    });
    destination.on('drop', () => dropped++);
    destination.on('drain', () => {
      if (dropped === 0) return;
      log.warn('Log lines were dropped, their reader was too slow', { lines: dropped });
      dropped = 0;
    });
    return {
      write(line) {
        if (!isBroken) send(lineText(line));
      },
      close: () => (isBroken ? Promise.resolve() : drained(destination, stallMs, clock)),
    };
  };

/** Resolves when the destination has closed or failed, or has taken nothing for `stallMs`. */
const drained = (destination: Destination, stallMs: number, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clock.clearTimeout(timer);
      resolve();
    };
    let timer = clock.setTimeout(done, stallMs);
    destination.on('write', () => {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(done, stallMs);
    });
    destination.once('close', done);
    destination.once('error', done);
    destination.end();
  });
