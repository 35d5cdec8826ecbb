/** How hard the arrows of a layout are to follow. */
import type { Point } from './geometry.ts';
import type { Layout } from './layout.ts';

interface Piece {
  readonly arrow: number;
  readonly isLevel: boolean;
  /** Where it lies across its direction, and from where to where it goes along it. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

const pieceOf = (arrow: number, a: Point, b: Point): Piece => {
  const isLevel = a.y === b.y;
  const [at, ...along] = isLevel ? [a.y, a.x, b.x] : [a.x, a.y, b.y];
  return { arrow, isLevel, at, from: Math.min(...along), to: Math.max(...along) };
};

const piecesOf = ({ arrows }: Layout): Piece[] =>
  arrows.flatMap(({ points }, arrow) =>
    points.slice(1).map((point, index) => pieceOf(arrow, points[index] ?? point, point)),
  );

const isBetween = (place: number, { from, to }: Piece): boolean => from < place && place < to;

const doCross = (a: Piece, b: Piece): boolean => a.arrow !== b.arrow && isBetween(a.at, b) && isBetween(b.at, a);

/** A crossing is as bad as so much more line. */
const CROSSING_LENGTH = 1_000;

/** The less the better: crossings first, then the length of all lines. */
export function tangleOf(layout: Layout): number {
  const pieces = piecesOf(layout);
  const [level, upright] = [pieces.filter(({ isLevel }) => isLevel), pieces.filter(({ isLevel }) => !isLevel)];
  const crossings = level.reduce((sum, piece) => sum + upright.filter((other) => doCross(piece, other)).length, 0);
  return pieces.reduce((sum, { from, to }) => sum + to - from, crossings * CROSSING_LENGTH);
}
