/** Log lines to the local syslog. */
import type { Clock, TimerId } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { Facility } from './facility.ts';
import { priority } from './facility.ts';
import type { Log } from './log.ts';
import type { Logger } from './logger.ts';
import { MAX_LINE_BYTES, startLogger } from './logger.ts';
import type { Line, OpenSink, Sink } from './sink.ts';

export interface SyslogOptions {
  readonly facility: Facility;
  /** Default `/dev/log`. */
  readonly socketPath?: string;
  /** How many bytes are kept while syslog cannot be reached, the oldest line dropped first; default 1 MiB. */
  readonly maxWaitingBytes?: number;
  readonly clock?: Clock;
}

/** A `logger` that lives this long has reached its socket: until then lines wait here, where they are safe. */
const SETTLE_MS = 200;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const CLOSE_MS = 2_000;

/** Opens syslog through a `logger` child, which is started anew, with back-off, when it ends. */
export const syslogSink =
  (options: SyslogOptions): OpenSink =>
  (log) =>
    new Syslog(options, log);

class Syslog implements Sink {
  readonly #facility: Facility;
  readonly #socketPath: string;
  readonly #maxWaitingBytes: number;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting: string[] = [];
  #waitingBytes = 0;
  #logger: Logger | undefined;
  #isSettled = false;
  #isInTrouble = false;
  #isClosing = false;
  #dropped = 0;
  #retryMs = FIRST_RETRY_MS;
  #timer: TimerId;

  constructor(
    { facility, socketPath = '/dev/log', maxWaitingBytes = 2 ** 20, clock = systemClock }: SyslogOptions,
    log: Log,
  ) {
    this.#facility = facility;
    this.#socketPath = socketPath;
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#clock = clock;
    this.#log = log;
    this.#start();
  }

  write({ level, body }: Line): void {
    const line = `<${priority(this.#facility, level)}>${fitting(body)}\n`;
    if (!this.#isSettled) this.#keep(line);
    else this.#send(line);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#clock.clearTimeout(this.#timer);
    this.#handOver();
    await this.#logger?.end(CLOSE_MS);
  }

  #start(): void {
    this.#logger = startLogger(this.#socketPath, this.#clock, {
      onEnd: (reason) => {
        this.#ended(reason);
      },
      onDrain: () => {
        this.#recovered();
      },
    });
    this.#timer = this.#clock.setTimeout(() => {
      this.#settled();
    }, SETTLE_MS);
  }

  #settled(): void {
    this.#isSettled = true;
    this.#retryMs = FIRST_RETRY_MS;
    this.#handOver();
    this.#recovered();
  }

  #ended(reason: string): void {
    this.#logger = undefined;
    this.#isSettled = false;
    this.#clock.clearTimeout(this.#timer);
    if (this.#isClosing) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#start();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
    this.#suffer(reason);
  }

  #suffer(reason: string): void {
    if (this.#isInTrouble) return;
    this.#isInTrouble = true;
    this.#log.warn('Syslog takes no lines, trying again', { reason });
  }

  #recovered(): void {
    if (!this.#isInTrouble) return;
    this.#isInTrouble = false;
    this.#log.info('Syslog takes lines again', { lines_lost: this.#dropped });
    this.#dropped = 0;
  }

  #send(line: string): void {
    if (this.#logger?.write(line) === true) return;
    this.#dropped++;
    this.#suffer('logger stands still');
  }

  #keep(line: string): void {
    this.#waiting.push(line);
    this.#waitingBytes += Buffer.byteLength(line);
    while (this.#waitingBytes > this.#maxWaitingBytes) {
      this.#waitingBytes -= Buffer.byteLength(this.#waiting.shift() ?? '');
      this.#dropped++;
      this.#suffer('too many lines wait');
    }
  }

  #handOver(): void {
    this.#waitingBytes = 0;
    for (const line of this.#waiting.splice(0)) this.#send(line);
  }
}

/** logger would cut a longer line in two, the second half without its priority. */
function fitting(body: string): string {
  if (body.length * 3 <= MAX_LINE_BYTES - 16) return body;
  const bytes = Buffer.from(body);
  return bytes.length <= MAX_LINE_BYTES - 16 ? body : `${bytes.subarray(0, MAX_LINE_BYTES - 32).toString()}...`;
}
