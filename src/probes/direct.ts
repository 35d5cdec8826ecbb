/**
 * What nearly every probe is: a plain connection to the one address that is known at once. One object and its socket; the promises
 * and async functions of the general way were half of all the memory that a probe took, and collecting it most of its time.
 */
import type { OnReadOpts, Socket } from 'node:net';
import type { Deadline, Ended } from './deadline.ts';
import { dialFault, isOwnEcho, openSocket, OWN_ECHO, type NotDialled } from './dial.ts';
import { joinHostPort } from './host-port.ts';
import { readFault, sharedBuffer } from './http-exchange.ts';
import type { HttpResponse } from './http-response.ts';

/** How it ended. An answer, if there is one, is in the response. */
export type DirectEnd =
  | { readonly type: 'done' }
  | NotDialled
  /** `during`: where the time went, `dial tcp 10.0.0.1:80: `; empty once connected. */
  | { readonly type: 'expired'; readonly during: string }
  | { readonly type: 'aborted' };

/** What is said on the connection, and who reads the answer. */
export interface Question {
  readonly bytes: Buffer;
  readonly response: HttpResponse;
}

const DONE: DirectEnd = { type: 'done' };
const ABORTED: DirectEnd = { type: 'aborted' };

/** Its listeners stay on the socket for good: once it is settled they do nothing, and an error that nobody heard would end the process. */
class Direct implements OnReadOpts {
  readonly buffer = sharedBuffer;
  #isConnected = false;
  #settle: ((end: DirectEnd) => void) | undefined;
  readonly #socket: Socket;
  readonly #address: string;
  readonly #port: number;
  readonly #question: Question | undefined;

  constructor(address: string, port: number, question: Question | undefined, settle: (end: DirectEnd) => void) {
    this.#address = address;
    this.#port = port;
    this.#question = question;
    this.#settle = settle;
    this.#socket = openSocket(address, port, question === undefined ? undefined : this);
    this.#socket.on('error', this.#onError).on('connect', this.#onConnect).on('close', this.#onClose);
  }

  readonly callback = (length: number): boolean => {
    const response = this.#question?.response;
    if (this.#settle === undefined || response === undefined) return false;
    response.push(sharedBuffer.subarray(0, length));
    if (response.isComplete) this.#end(DONE);
    return true;
  };

  giveUp(why: Ended): void {
    const during = this.#isConnected ? '' : `dial tcp ${joinHostPort(this.#address, this.#port)}: `;
    this.#end(why === 'aborted' ? ABORTED : { type: 'expired', during });
  }

  readonly #onConnect = (): void => {
    if (this.#settle === undefined) return;
    if (isOwnEcho(this.#socket, this.#port)) {
      this.#end(dialFault(OWN_ECHO, this.#address, this.#port));
      return;
    }
    this.#isConnected = true;
    if (this.#question === undefined) this.#end(DONE);
    else this.#socket.write(this.#question.bytes);
  };

  readonly #onError = (error: Error): void => {
    if (this.#isConnected) this.#hangUp(readFault(error));
    else this.#end(dialFault(error, this.#address, this.#port));
  };

  /** Before the connection stands an error comes first; were there none, the time-out would end it. */
  readonly #onClose = (): void => {
    if (this.#isConnected) this.#hangUp(undefined);
  };

  #hangUp(fault: string | undefined): void {
    if (this.#settle === undefined) return;
    this.#question?.response.end(fault);
    this.#end(DONE);
  }

  #end(end: DirectEnd): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#socket.destroy();
    settle?.(end);
  }
}

/** Connects, asks if there is a question, hangs up; calls `settle` once. */
export const goDirectly = (
  address: string,
  port: number,
  question: Question | undefined,
  deadline: Deadline,
  settle: (end: DirectEnd) => void,
): void => {
  const direct = new Direct(address, port, question, settle);
  deadline.whenOver((why) => {
    direct.giveUp(why);
  });
};
