/** The last bytes of something that may be endless. */

/** At most this much of a target's answer is kept, as in Consul. */
const KEPT_BYTES = 4_096;

/** Bytes of UTF-8 that one UTF-16 unit may take. */
const LONGEST_CHARACTER = 3;

/** Copied one by one: for so few a call of `copy` takes longer. */
const FEW_BYTES = 16;

/** Cuts text to 4 KiB of UTF-8 at the boundary of a character, the end kept. */
const lastKept = (text: string): string => {
  if (text.length * LONGEST_CHARACTER <= KEPT_BYTES) return text;
  const bytes = Buffer.from(text);
  return bytes.length <= KEPT_BYTES ? text : decodeFrom(bytes, bytes.length - KEPT_BYTES);
};

/** Decodes from `start`, or from the first character that begins behind it. */
const decodeFrom = (bytes: Buffer, start: number): string => {
  let first = start;
  while (first < bytes.length && first < start + 3 && ((bytes[first] ?? 0) & 0xc0) === 0x80) first += 1;
  return bytes.toString('utf8', first);
};

const NOTHING = Buffer.alloc(0);

/** Keeps the last 4 KiB of what is pushed, and never holds more than twice that: chunks of one byte moved 4 KiB each in a test of ours. */
export class Tail {
  #held: Buffer = NOTHING;
  /** Where in `#held` what was kept ends. */
  #end = 0;
  #isCut = false;

  /** Copies what it keeps of `bytes` from `start` to `end`: they may be reused by the caller. */
  push(bytes: Buffer, start = 0, end = bytes.length): void {
    const from = Math.max(start, end - KEPT_BYTES);
    const length = end - from;
    this.#isCut ||= this.#end + end - start > KEPT_BYTES;
    if (this.#end + length > this.#held.length) this.#makeRoom(length);
    if (length > FEW_BYTES) bytes.copy(this.#held, this.#end, from, end);
    else for (let at = 0; at < length; at += 1) this.#held[this.#end + at] = bytes[from + at] ?? 0;
    this.#end += length;
  }

  /** What was kept, as text. Bytes that are not UTF-8 become U+FFFD; a character cut in half is left out. */
  toString(): string {
    const kept = this.#held.subarray(Math.max(0, this.#end - KEPT_BYTES), this.#end);
    return lastKept(this.#isCut ? decodeFrom(kept, 0) : kept.toString('utf8'));
  }

  /** Most bodies come in one piece and get just the room they need; one that is endless moves what is kept within the same room. */
  #makeRoom(length: number): void {
    const kept = Math.min(this.#end, KEPT_BYTES - length);
    const isRoomy = this.#held.length === 2 * KEPT_BYTES;
    const room = isRoomy ? this.#held : Buffer.allocUnsafe(this.#end === 0 ? length : 2 * KEPT_BYTES);
    this.#held.copy(room, 0, this.#end - kept, this.#end);
    this.#held = room;
    this.#end = kept;
  }
}
