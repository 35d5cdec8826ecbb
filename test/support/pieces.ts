/** Bytes in the pieces that a network may make of them. */

/** Pieces of these lengths, and one with the rest. */
export const inPieces = (bytes: Buffer, lengths: readonly number[]): readonly Buffer[] => {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)];
};

/** Pieces of one length. */
export const inEqualPieces = (bytes: Buffer, length: number): readonly Buffer[] =>
  inPieces(bytes, new Array<number>(Math.floor(bytes.length / length)).fill(length));
