/** What a configuration file says, before anyone asks whether it makes sense. Every part knows where it stands. */

/** Line and column, both from 1; columns count characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Offset into the text of the file. Undefined where the parser tells none (HCL 2). */
type Offset = number | undefined;

export interface ScalarValue {
  readonly type: 'scalar';
  readonly value: string | number | boolean | null;
  readonly offset: Offset;
}

export interface ListValue {
  readonly type: 'list';
  readonly items: readonly Value[];
  readonly offset: Offset;
}

/** A block or an object. Keys may stand in it twice: whether that is allowed is not the parser's business. */
export interface BlockValue {
  readonly type: 'block';
  readonly entries: readonly Entry[];
  readonly offset: Offset;
}

export type Value = ScalarValue | ListValue | BlockValue;

export interface Entry {
  readonly key: string;
  readonly offset: Offset;
  readonly value: Value;
}

/** One configuration file, read. */
export interface Document {
  /** The path, as errors name it. */
  readonly source: string;
  readonly text: string;
  readonly root: BlockValue;
}

/** Where an offset stands in the text. */
export const placeAt = (text: string, offset: number): Place => {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
};

/**
 * The text is not what its grammar allows. Never leaves this folder: it becomes one line of an `EsmError`. Neither half
 * quotes the text, because what stands in a wrong place may be a token.
 */
export class SyntaxFault extends Error {
  readonly offset: number;

  constructor(offset: number, found: string, allowed: string) {
    super(`found ${found}; allowed: ${allowed}`);
    this.offset = offset;
  }
}

/** Blocks and lists deeper than this are nobody's configuration; unbounded depth would overflow the stack. */
const DEEPEST = 50;

/** Throws a {@link SyntaxFault} when `depth` is beyond reason. */
export const checkDepth = (depth: number, offset: number): void => {
  if (depth > DEEPEST) throw new SyntaxFault(offset, 'deeper nesting than any setting has', `${DEEPEST} levels`);
};
