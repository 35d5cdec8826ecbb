/**
 * What nearly every probe is: a plain connection to the one address that is known at once. One object and its connection; the promises
 * and async functions of the general way were half of all the memory that a probe took, and collecting it most of its time.
 */
import type { Connect, Connection, Owner } from './connection.ts';
import type { Deadline, Ended } from './deadline.ts';
import { dialFault, type NotDialled } from './dial.ts';
import { joinHostPort } from './host-port.ts';
import { readFault } from './http-exchange.ts';
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

/** Where to, and by what. */
export interface Destination {
  readonly connect: Connect;
  /** Numeric. */
  readonly address: string;
  readonly port: number;
}

const DONE: DirectEnd = { type: 'done' };
const ABORTED: DirectEnd = { type: 'aborted' };

class Direct implements Owner {
  #isConnected = false;
  #isOver = false;
  readonly #connection: Connection;
  readonly #to: Destination;
  readonly #question: Question | undefined;
  readonly #settle: (end: DirectEnd) => void;

  constructor(to: Destination, question: Question | undefined, settle: (end: DirectEnd) => void) {
    this.#to = to;
    this.#question = question;
    this.#settle = settle;
    this.#connection = to.connect(to.address, to.port, this);
  }

  onConnect(): void {
    this.#isConnected = true;
    if (this.#question === undefined) this.#end(DONE);
    else this.#connection.write(this.#question.bytes);
  }

  onBytes(bytes: Buffer): void {
    const response = this.#question?.response;
    response?.push(bytes);
    if (response?.isComplete === true) this.#end(DONE);
  }

  onEnd(): void {
    this.#hangUp(undefined);
  }

  onError(error: Error): void {
    if (this.#isConnected) this.#hangUp(readFault(error));
    else this.#end(dialFault(error, this.#to.address, this.#to.port));
  }

  giveUp(why: Ended): void {
    const during = this.#isConnected ? '' : `dial tcp ${joinHostPort(this.#to.address, this.#to.port)}: `;
    this.#end(why === 'aborted' ? ABORTED : { type: 'expired', during });
  }

  #hangUp(fault: string | undefined): void {
    this.#question?.response.end(fault);
    this.#end(DONE);
  }

  #end(end: DirectEnd): void {
    if (this.#isOver) return; // a deadline may end twice: a redirect goes on under the same
    this.#isOver = true;
    this.#connection.close();
    this.#settle(end);
  }
}

/** Connects, asks if there is a question, hangs up; calls `settle` once. */
export const goDirectly = (
  to: Destination,
  question: Question | undefined,
  deadline: Deadline,
  settle: (end: DirectEnd) => void,
): void => {
  const direct = new Direct(to, question, settle);
  deadline.whenOver((why) => {
    direct.giveUp(why);
  });
};
