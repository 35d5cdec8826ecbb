/** Reads one HTTP/1 response as its bytes come, strictly and in bounded memory. */
import { HttpBody } from './http-body.ts';
import { parseHead, quoted, type HttpHead } from './http-head.ts';

/** A head that is longer is refused, so that no target can make the daemon hold more. */
const LONGEST_HEAD = 64 * 1_024;

/** Interim answers (100, 102, 103) before the real one, as many as Go's transport takes. */
const MOST_INTERIM = 5;

const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);
const BROKEN = 'net/http: HTTP/1.x transport connection broken: ';

/** Index behind the empty line that ends a head, or -1. `from` is where the search goes on. */
const endOfHead = (bytes: Buffer, from: number): number => {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
};

export class HttpResponse {
  head: HttpHead | undefined;
  /** Why this is no answer; what Go's transport would say. */
  fault: string | undefined;
  readonly #method: string;
  readonly #isHeadOnly: (head: HttpHead) => boolean;
  /** The start of a head whose end has not come. */
  #pending: Buffer = NOTHING;
  #interim = 0;
  #body: HttpBody | undefined;

  /** `isHeadOnly` tells for which heads the body is not worth reading. */
  constructor(method: string, isHeadOnly: (head: HttpHead) => boolean) {
    this.#method = method;
    this.#isHeadOnly = isHeadOnly;
  }

  /** Nothing more is to be read. */
  get isComplete(): boolean {
    return this.fault !== undefined || this.#body?.isComplete === true;
  }

  /** The last 4 KiB of the body as far as it has come. */
  get text(): string {
    return this.#body?.tail.toString() ?? '';
  }

  /** Takes the next bytes; copies what it keeps. */
  push(bytes: Buffer): void {
    if (this.#body !== undefined) this.#body.push(bytes);
    else this.#pushHead(bytes);
  }

  /** The connection has ended; undefined `error` means in order. After the head that is no fault: the status line decides. */
  end(reason: string | undefined): void {
    if (this.head !== undefined) return;
    const cut = this.#pending.length > 0 || this.#interim > 0 ? `${BROKEN}unexpected EOF` : 'EOF';
    this.fault ??= reason ?? cut;
  }

  #pushHead(bytes: Buffer): void {
    const before = this.#pending.length;
    const all = before === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const end = endOfHead(all, Math.max(0, before - 2));
    if (end !== -1 && end <= LONGEST_HEAD) this.#onHead(all.toString('latin1', 0, end).trimEnd(), all.subarray(end));
    else if (all.length > LONGEST_HEAD) {
      this.fault = `net/http: server response headers exceeded ${LONGEST_HEAD} bytes; aborted`;
    } else if (!'HTTP/'.startsWith(all.toString('latin1', 0, Math.min(5, all.length)))) {
      this.fault = `${BROKEN}malformed HTTP response ${quoted(all.toString('latin1', 0, 101).split(/\r?\n/, 1)[0] ?? '')}`;
    } else this.#pending = before === 0 ? Buffer.from(bytes) : all;
  }

  #onHead(text: string, rest: Buffer): void {
    const head = parseHead(text, this.#method);
    if ('fault' in head) this.fault = BROKEN + head.fault;
    else if (head.statusCode < 200 && head.statusCode !== 101) this.#onInterim(rest);
    else {
      this.head = head;
      this.#body = new HttpBody(this.#isHeadOnly(head) ? 0 : head.body);
      this.#body.push(rest);
    }
  }

  #onInterim(rest: Buffer): void {
    this.#interim += 1;
    this.#pending = NOTHING;
    if (this.#interim > MOST_INTERIM) this.fault = 'net/http: too many 1xx informational responses';
    else if (rest.length > 0) this.#pushHead(rest);
  }
}
