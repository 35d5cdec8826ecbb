/** Finds the end of an HTTP/1 body and keeps its tail. */
import type { HttpHead } from './http-head.ts';
import { Tail } from './tail.ts';

/** A chunk's size line may be no longer than this, extensions included. */
const LONGEST_SIZE_LINE = 4_096;

/** More of them would be more than a number holds. */
const MOST_DIGITS = 13;

const CR = 13;
const LF = 10;

/** Value of a hexadecimal digit; -1: it is none. */
const digitOf = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

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
      else {
        const behind = this.#takeShortLine(bytes, at);
        at = behind === -1 ? this.#takeLine(bytes, at) : behind;
      }
    }
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.tail.push(bytes, at, end);
    this.#left -= end - at;
    if (this.#left === 0) {
      if (this.#part === 'data') this.#part = 'dataEnd';
      else this.isComplete = true;
    }
    return end;
  }

  /**
   * Reads a line that is all there and holds no more than it must; -1, and nothing is read: it is not like that. Without any
   * text, for a server that sends chunks of one byte would keep the thread busy with them.
   */
  #takeShortLine(bytes: Buffer, at: number): number {
    if (this.#sizeLine !== '') return -1;
    let end = at;
    let size = 0;
    if (this.#part === 'size') {
      for (let digit = digitOf(bytes[end]); digit !== -1 && end - at < MOST_DIGITS; digit = digitOf(bytes[end])) {
        size = size * 16 + digit;
        end += 1;
      }
      if (end === at) return -1;
    }
    if (bytes[end] === CR) end += 1;
    if (bytes[end] !== LF) return -1;
    if (this.#part === 'dataEnd') this.#part = 'size';
    else this.#onSize(size);
    return end + 1;
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
    this.#onSize(Number.parseInt(size ?? '0', 16));
  }

  #onSize(size: number): void {
    this.#left = size;
    this.#part = 'data';
    // The last chunk: trailers say nothing to a probe, and nonsense ends the body as a broken connection would.
    if (this.#left === 0) this.isComplete = true;
  }
}
