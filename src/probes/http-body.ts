/** Finds the end of an HTTP/1 body and keeps its tail. */
import type { HttpHead } from './http-head.ts';
import { Tail } from './tail.ts';

/** A chunk's size line may be no longer than this, extensions included. */
const LONGEST_SIZE_LINE = 4_096;

const CR = 13;
const LF = 10;

/** Reads body bytes as they come. Nothing but the tail is held. */
export class HttpBody {
  readonly tail = new Tail();
  /** The last byte has been read, or what came cannot be understood. */
  isComplete: boolean;
  #left: number;
  /** Chunked: what the next byte belongs to. */
  #part: 'size' | 'data' | 'dataEnd' | 'plain';
  #sizeLine = '';

  constructor(framing: HttpHead['body']) {
    this.#part = framing === 'chunked' ? 'size' : 'plain';
    this.#left = typeof framing === 'number' ? framing : Number.POSITIVE_INFINITY;
    this.isComplete = framing === 0;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.isComplete) {
      if (this.#part === 'plain' || this.#part === 'data') at = this.#takeData(bytes, at);
      else at = this.#takeLine(bytes, at);
    }
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.tail.push(bytes.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0) {
      if (this.#part === 'data') this.#part = 'dataEnd';
      else this.isComplete = true;
    }
    return end;
  }

  /** Reads up to the end of a line: a chunk's size, or the empty line behind its data. */
  #takeLine(bytes: Buffer, at: number): number {
    const lineEnd = bytes.indexOf(LF, at);
    const end = lineEnd === -1 ? bytes.length : lineEnd;
    const textEnd = end > at && bytes[end - 1] === CR ? end - 1 : end;
    this.#sizeLine += bytes.toString('latin1', at, textEnd);
    if (this.#sizeLine.length > LONGEST_SIZE_LINE) this.isComplete = true;
    else if (lineEnd !== -1) this.#onLine();
    return end + 1;
  }

  #onLine(): void {
    const line = this.#sizeLine;
    this.#sizeLine = '';
    if (this.#part === 'dataEnd') {
      this.#part = 'size';
      if (line !== '') this.isComplete = true;
      return;
    }
    const [, size] = /^([\dA-Fa-f]{1,13})[ \t]*(?:;.*)?$/.exec(line) ?? [];
    this.#left = Number.parseInt(size ?? '0', 16);
    this.#part = 'data';
    // The last chunk: trailers say nothing to a probe, and nonsense ends the body as a broken connection would.
    if (this.#left === 0) this.isComplete = true;
  }
}
