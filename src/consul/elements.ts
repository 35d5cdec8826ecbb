/** A long list of JSON objects, cut into its elements while its bytes come: the list itself is held nowhere. */

interface Spacing {
  readonly first: string;
  readonly closing: string;
  readonly between: string;
  readonly last: string;
  readonly field: string;
}

/** As Go writes JSON, and as an agent in development mode does, whom nobody asked. */
const SPACINGS: readonly Spacing[] = [
  { first: '[', field: '{"Node":"', closing: '}', between: ',', last: ']' },
  { first: '[\n    ', field: '{\n        "Node": "', closing: '\n    }', between: ',\n    ', last: '\n]' },
];

const LONGEST_OPENING = Math.max(...SPACINGS.map(({ first, field }) => first.length + field.length));

/** What is held of a list, unless one of its elements is longer. */
const WINDOW_BYTES = 64 * 1024;

/** A list with an element that is longer is not cut: an answer that never ends its first would be held without end. */
const LONGEST_ELEMENT = 4 * 1024 * 1024;

/**
 * Cuts a list of objects whose first field is `Node`. What stands between two of them, `},{"Node":"`, no JSON string can hold, for
 * its quotes would be escaped, as would a line break be.
 */
export class ElementCutter {
  readonly #onElement: (bytes: Buffer) => void;
  #window = Buffer.allocUnsafe(WINDOW_BYTES);
  /** How much of the window holds what has come and was not cut yet. */
  #end = 0;
  /** How much of that bears no border. */
  #searched = 0;
  #spacing: Spacing | undefined;
  #isBroken = false;

  /** `onElement` is called with the bytes of each element in turn, which are good until it returns. */
  constructor(onElement: (bytes: Buffer) => void) {
    this.#onElement = onElement;
  }

  /** Takes the next bytes of the list, in whatever pieces they come. */
  push(bytes: Buffer): void {
    for (let taken = 0; taken < bytes.length && !this.#isBroken;) {
      const fitting = bytes.copy(this.#window, this.#end, taken);
      taken += fitting;
      this.#end += fitting;
      const spacing = this.#open();
      if (spacing !== undefined) this.#cut(spacing);
      if (this.#end === this.#window.length) this.#grow();
    }
  }

  /** There is no more; false: this was no such list, or was spaced otherwise. */
  end(): boolean {
    if (this.#isBroken) return false;
    const rest = this.#window.subarray(0, this.#end);
    if (this.#spacing === undefined) return /^\s*(\[\s*\]|null)\s*$/.test(rest.toString('latin1')); // Go writes null for what it has none of
    const { closing, last } = this.#spacing;
    const end = rest.lastIndexOf(closing + last);
    if (end < 0 || rest.toString('latin1', end + closing.length + last.length).trim() !== '') return false;
    this.#onElement(rest.subarray(0, end + closing.length));
    return true;
  }

  /** How the list is spaced, as soon as it is known. */
  #open(): Spacing | undefined {
    if (this.#spacing !== undefined) return this.#spacing;
    const opening = this.#window.toString('latin1', 0, Math.min(this.#end, LONGEST_OPENING));
    this.#spacing = SPACINGS.find(({ first, field }) => opening.startsWith(first + field));
    if (this.#spacing !== undefined) this.#drop(this.#spacing.first.length);
    else this.#isBroken = opening.length === LONGEST_OPENING;
    return this.#spacing;
  }

  #cut({ closing, between, field }: Spacing): void {
    const bytes = this.#window.subarray(0, this.#end);
    const border = closing + between + field;
    let start = 0;
    let at = bytes.indexOf(border, this.#searched, 'latin1');
    while (at >= 0) {
      this.#onElement(bytes.subarray(start, at + closing.length));
      start = at + closing.length + between.length;
      at = bytes.indexOf(border, start, 'latin1');
    }
    this.#drop(start);
    this.#searched = Math.max(0, this.#end - border.length);
  }

  #drop(length: number): void {
    this.#window.copyWithin(0, length, this.#end);
    this.#end -= length;
  }

  #grow(): void {
    if (this.#end < LONGEST_ELEMENT) this.#window = Buffer.concat([this.#window], 2 * this.#end);
    else this.#isBroken = true;
  }
}
