/** Thousands of pings in flight on one socket of a family. */
import type { Socket } from 'node:dgram';
import type { Stopwatch } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import { asUnsent, errnoWords } from './errno.ts';
import type { OpenIcmp } from './icmp-open.ts';
import { decodeReply, encodeEcho } from './icmp-packet.ts';
import type { ReadWait } from './icmp-wait.ts';
import type { PingOutcome } from './ping.ts';

/** Where an echo request is sent; the kernel wants a port and ignores it. */
const ANY_PORT = 1;
const SEQUENCES = 65_536;
const TOKENS = 2 ** 32;

interface InFlight {
  readonly token: number;
  readonly sentMs: number;
  readonly settle: (outcome: PingOutcome) => void;
}

/** Sends echo requests and matches what comes back by sequence and token. */
export class IcmpSocket {
  /** The socket failed and is closed: open another. */
  isBroken = false;
  #count = 0;
  /** By sequence. No Map: V8's grow new tables while they are used, and each that is old by then keeps what it held alive. */
  readonly #inFlight: (InFlight | undefined)[] = [];
  /** Sequences that were used and are not any more. */
  readonly #free: number[] = [];
  readonly #family: 4 | 6;
  readonly #socket: Socket;
  readonly #readWait: ReadWait;
  readonly #stopwatch: Stopwatch;

  constructor(family: 4 | 6, { socket, readWait }: OpenIcmp, stopwatch: Stopwatch) {
    this.#family = family;
    this.#socket = socket;
    this.#readWait = readWait;
    this.#stopwatch = stopwatch;
    socket.on('message', (packet) => {
      this.#onMessage(packet);
    });
    socket.on('error', (error) => {
      this.#onError(error);
    });
  }

  /** Asks once, and calls `settle` once. `address` is numeric and of this socket's family. */
  ask(address: string, deadline: Deadline, settle: (outcome: PingOutcome) => void): void {
    const forget = this.#send(address, settle);
    deadline.whenOver((why) => {
      if (!forget()) return;
      settle(why === 'aborted' ? { type: 'aborted' } : { type: 'silent', detail: `no answer from ${address}` });
    });
  }

  close(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.#socket.close();
  }

  /** Returns how to forget the question: false when it has been answered. */
  #send(address: string, settle: (outcome: PingOutcome) => void): () => boolean {
    const sequence = this.#nextSequence();
    if (sequence === undefined) {
      settle({ type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', `${SEQUENCES} pings are in flight already`) });
      return () => false;
    }
    const token = (this.#count += 1) % TOKENS;
    const forget = (): boolean => {
      if (this.#inFlight[sequence] !== flight) return false;
      this.#inFlight[sequence] = undefined;
      this.#free.push(sequence);
      return true;
    };
    const end = (outcome: PingOutcome): void => {
      if (forget()) settle(outcome);
    };
    const flight: InFlight = { token, sentMs: this.#stopwatch(), settle: end };
    this.#inFlight[sequence] = flight;
    this.#socket.send(encodeEcho(this.#family, { sequence, token }), ANY_PORT, address, (error) => {
      if (error === null) return;
      const unsent = asUnsent(error, address);
      end(unsent === undefined ? { type: 'silent', detail: errnoWords(error) } : { type: 'unsent', error: unsent });
    });
    return forget;
  }

  /** One that no ping in flight uses; undefined: all are used. */
  #nextSequence(): number | undefined {
    return this.#free.pop() ?? (this.#inFlight.length < SEQUENCES ? this.#inFlight.length : undefined);
  }

  #onMessage(packet: Buffer): void {
    const echo = decodeReply(this.#family, packet);
    const ping = echo === undefined ? undefined : this.#inFlight[echo.sequence];
    if (ping === undefined || ping.token !== echo?.token) return;
    const waitMs = this.#readWait(); // first: what passes in between would make it longer than all of the elapsed time
    const elapsedMs = this.#stopwatch() - ping.sentMs;
    const isSane = waitMs >= 0 && waitMs <= elapsedMs; // the clock that it is told by may be set at any time
    ping.settle({ type: 'answered', rttMs: isSane ? elapsedMs - waitMs : elapsedMs });
  }

  #onError(error: Error): void {
    this.close();
    for (const ping of this.#inFlight) ping?.settle({ type: 'silent', detail: errnoWords(error) });
  }
}
