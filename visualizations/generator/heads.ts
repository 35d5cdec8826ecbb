/** The rows of a state that holds others make way for the lines that run through it. */
import type { Point, Rectangle } from './geometry.ts';
import { SIDE, type Sheet } from './sheet.ts';
import { blockWidth } from './words.ts';

/** How far rows keep from a line. */
const GAP = 10;

/** The upright lines that run through the head, from the left to the right. */
const linesThrough = (head: Rectangle, lines: readonly (readonly Point[])[]): number[] =>
  lines
    .flatMap((points) => points.slice(1).map((to, index) => ({ from: points[index] ?? to, to })))
    .filter(({ from, to }) => from.x === to.x && from.x > head.x && from.x < head.x + head.width)
    .filter(({ from, to }) => Math.min(from.y, to.y) < head.y + head.height && Math.max(from.y, to.y) > head.y)
    .map(({ to }) => to.x - head.x)
    .sort((a, b) => a - b);

/** The sheet with its rows as far to the left as no line runs through them; as it is, where there is no such place. */
export function besideLines(sheet: Sheet, box: Rectangle, lines: readonly (readonly Point[])[]): Sheet {
  const through = linesThrough({ ...box, height: sheet.height }, lines);
  const spans = sheet.blocks.map(({ x, lines: words }) => ({ from: x, to: x + blockWidth(words) }));
  const isClear = (shift: number): boolean =>
    spans.every(({ from, to }) => through.every((x) => x < from + shift || x > to + shift));
  const doesFit = (shift: number): boolean => spans.every(({ to }) => to + shift + SIDE <= box.width);
  const shift = [0, ...through.map((x) => x + GAP - SIDE)].find((some) => isClear(some) && doesFit(some)) ?? 0;
  return { ...sheet, blocks: sheet.blocks.map((block) => ({ ...block, x: block.x + shift })) };
}
