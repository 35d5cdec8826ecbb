/** The last bytes of something that may be endless. */

/** At most this much of a target's answer is kept, as in Consul. */
const KEPT_BYTES = 4_096;

/** Cuts text to 4 KiB of UTF-8 at the boundary of a character, the end kept. */
const lastKept = (text: string): string => {
  const bytes = Buffer.from(text);
  return bytes.length <= KEPT_BYTES ? text : decodeFrom(bytes, bytes.length - KEPT_BYTES);
};

/** Decodes from `start`, or from the first character that begins behind it. */
const decodeFrom = (bytes: Buffer, start: number): string => {
  let first = start;
  while (first < bytes.length && first < start + 3 && ((bytes[first] ?? 0) & 0xc0) === 0x80) first += 1;
  return bytes.toString('utf8', first);
};

/** Keeps the last 4 KiB of what is pushed, and never holds more. */
export class Tail {
  #held: Buffer | undefined;
  #isCut = false;

  /** Copies what it keeps: `bytes` may be reused by the caller. */
  push(bytes: Buffer): void {
    const before = this.#held?.length ?? 0;
    this.#isCut ||= before + bytes.length > KEPT_BYTES;
    const added = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES));
    const room = KEPT_BYTES - added.length;
    this.#held = Buffer.concat([this.#held?.subarray(Math.max(0, before - room)) ?? Buffer.alloc(0), added]);
  }

  /** What was kept, as text. Bytes that are not UTF-8 become U+FFFD; a character cut in half is left out. */
  toString(): string {
    if (this.#held === undefined) return '';
    return lastKept(this.#isCut ? decodeFrom(this.#held, 0) : this.#held.toString('utf8'));
  }
}
