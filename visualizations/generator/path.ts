/** The line of an arrow: straight pieces with rounded corners. */
import type { Point } from './geometry.ts';

const RADIUS = 7;

const at = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** The point that lies `length` away from `from` on the way to `to`. */
function towards(from: Point, to: Point, length: number): Point {
  const share = length / (distance(from, to) || 1);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function corner(before: Point, bend: Point, after: Point): string {
  const radius = Math.min(RADIUS, distance(before, bend) / 2, distance(bend, after) / 2);
  return `L${at(towards(bend, before, radius))}Q${at(bend)} ${at(towards(bend, after, radius))}`;
}

/** The path through the points, as SVG's `d`. */
export function roundedPath(points: readonly Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const corners = points
    .slice(1, -1)
    .map((bend, index) => corner(points[index] ?? first, bend, points[index + 2] ?? last));
  return `M${at(first)}${corners.join('')}L${at(last)}`;
}
