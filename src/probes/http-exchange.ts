/** One request, one answer, on a connection of its own. */
import type { OnReadOpts, Socket } from 'node:net';
import { sharedBuffer } from './connection.ts';
import type { Deadline, Ended } from './deadline.ts';
import { errnoWords } from './errno.ts';
import type { HttpResponse } from './http-response.ts';

/** Where a plain socket's bytes go; filled in before the request is written. */
export class SharedReader implements OnReadOpts {
  readonly buffer = sharedBuffer;
  sink: ((bytes: Buffer) => void) | undefined;

  readonly callback = (length: number): boolean => {
    this.sink?.(sharedBuffer.subarray(0, length));
    return true;
  };
}

/** How the exchange ended: the answer is complete, or the connection is at its end, in order or not. */
export type ExchangeEnd = 'done' | Ended;

/** What may be read from: a plain socket through its {@link SharedReader}, or one with `data` events. */
export interface Wire {
  readonly socket: Socket;
  /** Undefined: `data` events. */
  readonly reader: SharedReader | undefined;
  /** What a broken connection means, in Go's words. */
  readonly words: (error: Error) => string;
}

/** A read that fails, as Go's net package says it. */
export const readFault = (error: unknown): string => `read tcp: read: ${errnoWords(error)}`;

/**
 * Writes the request and reads until `response` is complete; the socket is left to the caller, without listeners: V8's quick
 * collections spare a socket that was connected, and with it all that its listeners refer to.
 */
export const exchange = (
  wire: Wire,
  request: Buffer,
  response: HttpResponse,
  deadline: Deadline,
): Promise<ExchangeEnd> =>
  deadline.wait((settle) => {
    const { socket, reader, words } = wire;
    const take = (bytes: Buffer): void => {
      response.push(bytes);
      if (response.isComplete) finish();
    };
    const finish = (): void => {
      if (reader !== undefined) reader.sink = undefined;
      socket.off('data', take).off('error', onError).off('close', onClose);
      settle('done');
    };
    const onError = (error: Error): void => {
      response.end(words(error));
      finish();
    };
    const onClose = (): void => {
      response.end(undefined);
      finish();
    };
    if (reader === undefined) socket.on('data', take);
    else reader.sink = take;
    socket.once('error', onError).once('close', onClose);
    socket.write(request);
    return () => {
      socket.destroy();
    };
  });
