/** Thousands of pings in flight on one socket of a family. */
import type { Stopwatch } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import { asUnsent, errnoWords, systemError } from './errno.ts';
import { FAMILY, type OpenIcmp } from './icmp-open.ts';
import { createRequest, decodeReply, markRequest, type Echo } from './icmp-packet.ts';
import { createReadWait, type ReadWait } from './icmp-wait.ts';
import { Lookout } from './lookout.ts';
import type { PingOutcome } from './ping.ts';
import { SocketAddress } from './socket-address.ts';
import { EINVAL, ENOBUFS, isPutOff, type Syscalls } from './syscalls.ts';

/** The kernel wants none. */
const NO_PORT = 0;
const SEQUENCES = 65_536;
const TOKENS = 2 ** 32;

/** Answers read at one look. */
const MOST_ANSWERS = 256;

/** Longer than any answer of ours. */
const ANSWER_BYTES = 256;

interface InFlight extends Echo {
  readonly address: string;
  /** Undefined: it has not left yet. */
  sentMs: number | undefined;
  readonly settle: (outcome: PingOutcome) => void;
}

const unsent = (reason: string): PingOutcome => ({ type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', reason) });
const NO_ROOM =
  'the kernel had no room for it, as when it looks for many neighbours who are not there; give it more (sysctl net.core.wmem_default)';

const ABORTED: PingOutcome = { type: 'aborted' };
const expired = ({ address, sentMs }: InFlight): PingOutcome =>
  sentMs === undefined
    ? unsent(`cannot send a ping to ${address}: ${NO_ROOM}`)
    : { type: 'silent', detail: `no answer from ${address}` };
const silent = (error: Error): PingOutcome => ({ type: 'silent', detail: errnoWords(error) });

/** Sends echo requests and matches what comes back by sequence and token. */
export class IcmpSocket {
  /** The socket failed and is closed: open another. */
  isBroken = false;
  #count = 0;
  /** By sequence. No Map: V8's grow new tables while they are used, and each that is old by then keeps what it held alive. */
  readonly #inFlight: (InFlight | undefined)[] = [];
  /** Sequences that were used and are not any more. */
  readonly #free: number[] = [];
  /** What the kernel had no room for: it keeps requests for seconds while it looks for a neighbour who is not there. */
  readonly #unsent: InFlight[] = [];
  readonly #family: 4 | 6;
  readonly #calls: Syscalls;
  readonly #fd: number;
  readonly #lookout = new Lookout(
    () => this.#look(),
    () => this.#free.length < this.#inFlight.length,
  );
  readonly #readWait: ReadWait;
  readonly #stopwatch: Stopwatch;
  readonly #request: Buffer;
  readonly #answer = Buffer.alloc(ANSWER_BYTES);
  readonly #peer: SocketAddress;

  constructor(family: 4 | 6, { calls, fd }: OpenIcmp, stopwatch: Stopwatch) {
    this.#family = family;
    this.#calls = calls;
    this.#fd = fd;
    this.#stopwatch = stopwatch;
    this.#request = createRequest(family);
    this.#peer = new SocketAddress(FAMILY[family]);
    this.#readWait = createReadWait(calls, fd);
  }

  /** Asks once, and calls `settle` once, at once or later. `address` is numeric and of this socket's family. */
  ask(address: string, deadline: Deadline, settle: (outcome: PingOutcome) => void): void {
    const sequence = this.isBroken ? undefined : this.#nextSequence();
    if (sequence === undefined) {
      settle(unsent(this.isBroken ? 'the ICMP socket is closed' : `${SEQUENCES} pings are in flight already`));
      return;
    }
    const token = (this.#count += 1) % TOKENS;
    const flight: InFlight = { sequence, token, address, sentMs: undefined, settle };
    this.#inFlight[sequence] = flight;
    if (this.#unsent.length > 0 || !this.#send(flight)) this.#unsent.push(flight);
    this.#lookout.begin();
    deadline.whenOver((why) => {
      this.#land(flight, why === 'aborted' ? ABORTED : expired(flight));
    });
  }

  close(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.#lookout[Symbol.dispose]();
    this.#calls.close(this.#fd);
  }

  /** One that no ping in flight uses; undefined: all are used. */
  #nextSequence(): number | undefined {
    return this.#free.pop() ?? (this.#inFlight.length < SEQUENCES ? this.#inFlight.length : undefined);
  }

  #isInFlight(flight: InFlight): boolean {
    return this.#inFlight[flight.sequence] === flight;
  }

  /** Nothing happens to one that has landed already. */
  #land(flight: InFlight, outcome: PingOutcome): void {
    if (!this.#isInFlight(flight)) return;
    this.#inFlight[flight.sequence] = undefined;
    this.#free.push(flight.sequence);
    flight.settle(outcome);
  }

  /** False: the kernel has no room now. */
  #send(flight: InFlight): boolean {
    const { address } = flight;
    markRequest(this.#request, flight);
    const nowMs = this.#stopwatch();
    const isKnown = this.#peer.set(this.#calls, address, NO_PORT);
    const sent = isKnown ? this.#calls.sendTo(this.#fd, this.#request, this.#peer.bytes) : EINVAL;
    if (isPutOff(sent) || sent === ENOBUFS) return false;
    flight.sentMs = nowMs;
    if (sent < 0) {
      const error = systemError(sent);
      const own = asUnsent(error, address);
      this.#land(flight, own === undefined ? silent(error) : { type: 'unsent', error: own });
    }
    return true;
  }

  #look(): boolean {
    this.#sendRest();
    return this.#readAnswers();
  }

  #sendRest(): void {
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      if (this.#isInFlight(next) && !this.#send(next)) return;
      this.#unsent.shift();
    }
  }

  /** True: there were some. */
  #readAnswers(): boolean {
    for (let count = 0; count < MOST_ANSWERS && !this.isBroken; count += 1) {
      const length = this.#calls.recv(this.#fd, this.#answer, ANSWER_BYTES);
      if (isPutOff(length)) return count > 0;
      if (length < 0) this.#onError(systemError(length));
      else this.#onAnswer(length);
    }
    return true;
  }

  #onAnswer(length: number): void {
    const echo = decodeReply(this.#family, this.#answer, length);
    const flight = echo === undefined ? undefined : this.#inFlight[echo.sequence];
    if (flight?.sentMs === undefined || flight.token !== echo?.token) return;
    const waitMs = this.#readWait(); // first: what passes in between would make it longer than all of the elapsed time
    const elapsedMs = this.#stopwatch() - flight.sentMs;
    const isSane = waitMs >= 0 && waitMs <= elapsedMs; // the clock that it is told by may be set at any time
    this.#land(flight, { type: 'answered', rttMs: isSane ? elapsedMs - waitMs : elapsedMs });
  }

  #onError(error: Error): void {
    this.close();
    for (const flight of this.#inFlight) if (flight !== undefined) this.#land(flight, silent(error));
  }
}
