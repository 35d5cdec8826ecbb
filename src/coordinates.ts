/**
 * Network coordinates by Vivaldi, as Serf's client reckons them (8 dimensions, height, error, the same constants), so that
 * those of external nodes and those of agents stand in one space. All values are in seconds.
 */
import type { Random } from './clock.ts';

type Vector = readonly number[];

export interface Coordinate {
  readonly vec: Vector;
  /** How far the coordinate may be off, as a share of a round trip. */
  readonly error: number;
  /** What is added to every distance for what the model does not catch. */
  readonly adjustment: number;
  /** The way from the machine to the core of the network. */
  readonly height: number;
}

const DIMENSIONS = 8;
const ERROR_MAX = 1.5;
const ERROR_SHARE = 0.25; // Serf: VivaldiCE
const FORCE_SHARE = 0.25; // Serf: VivaldiCC
const ADJUSTMENT_WINDOW = 20;
const HEIGHT_MIN = 10e-6;
const GRAVITY_RHO = 150;
const ZERO = 1e-6;
const LONGEST_RTT_S = 10;

/** Where a node starts that has no coordinate yet. */
export const originCoordinate: Coordinate = {
  vec: Array.from({ length: DIMENSIONS }, () => 0),
  error: ERROR_MAX,
  adjustment: 0,
  height: HEIGHT_MIN,
};

/**
 * Moves `moving` after a round trip of `rttSeconds` to the holder of `fixed`. Undefined when there is nothing to learn from it:
 * a time below 0 or above 10 s, or coordinates of other dimensions or with values that are no numbers. One observation at
 * a time, as the Go ESM: the adjustment is that of a window with a single sample in it.
 */
export function updateCoordinate(
  moving: Coordinate,
  fixed: Coordinate,
  rttSeconds: number,
  random: Random,
): Coordinate | undefined {
  if (!(rttSeconds >= 0 && rttSeconds <= LONGEST_RTT_S) || !isValid(moving) || !isValid(fixed)) return undefined;
  const moved = adjust(followVivaldi(moving, fixed, Math.max(rttSeconds, ZERO), random), fixed, rttSeconds);
  const settled = pullToOrigin(moved, random);
  return isValid(settled) ? settled : originCoordinate;
}

/** The estimated round-trip time between two coordinates, in seconds. */
export function distanceSeconds(a: Coordinate, b: Coordinate): number {
  const raw = rawDistance(a, b);
  const adjusted = raw + a.adjustment + b.adjustment;
  return adjusted > 0 ? adjusted : raw;
}

/** How far a coordinate has gone from one update to another, in seconds. 0 for a coordinate and itself, unlike its distance. */
export const movementSeconds = (from: Coordinate, to: Coordinate): number =>
  lengthBetween(to.vec, from.vec) + Math.abs(to.height - from.height) + Math.abs(to.adjustment - from.adjustment);

function followVivaldi(moving: Coordinate, fixed: Coordinate, rttSeconds: number, random: Random): Coordinate {
  const distance = distanceSeconds(moving, fixed);
  const wrongness = Math.abs(distance - rttSeconds) / rttSeconds;
  const weight = moving.error / Math.max(moving.error + fixed.error, ZERO);
  const error = ERROR_SHARE * weight * wrongness + moving.error * (1 - ERROR_SHARE * weight);
  const force = FORCE_SHARE * weight * (rttSeconds - distance);
  const { vec, adjustment, height } = applyForce(moving, fixed, force, random);
  return { vec, error: Math.min(error, ERROR_MAX), adjustment, height };
}

function adjust(moving: Coordinate, fixed: Coordinate, rttSeconds: number): Coordinate {
  const { vec, error, height } = moving;
  return { vec, error, adjustment: (rttSeconds - rawDistance(moving, fixed)) / (2 * ADJUSTMENT_WINDOW), height };
}

/** Keeps all coordinates from drifting away together. */
function pullToOrigin(moving: Coordinate, random: Random): Coordinate {
  const force = -((distanceSeconds(originCoordinate, moving) / GRAVITY_RHO) ** 2);
  return applyForce(moving, originCoordinate, force, random);
}

function applyForce(moving: Coordinate, other: Coordinate, force: number, random: Random): Coordinate {
  const { error, adjustment, height } = moving;
  const length = lengthBetween(moving.vec, other.vec);
  if (length <= ZERO) return { vec: pushAnywhere(moving.vec, force, random), error, adjustment, height };
  const vec = pushAlong(moving.vec, moving.vec, other.vec, force / length);
  return { vec, error, adjustment, height: Math.max(((height + other.height) * force) / length + height, HEIGHT_MIN) };
}

/** `vec` and `share` of the way from `from` to `to`. A copy that is written over: what `map` makes turns from integers to numbers first. */
function pushAlong(vec: Vector, to: Vector, from: Vector, share: number): Vector {
  const pushed = vec.slice();
  for (let axis = 0; axis < DIMENSIONS; axis += 1)
    pushed[axis] = (vec[axis] ?? 0) + ((to[axis] ?? 0) - (from[axis] ?? 0)) * share;
  return pushed;
}

/** Two points that coincide are driven apart in a random direction. */
function pushAnywhere(vec: Vector, force: number, random: Random): Vector {
  const chance = vec.map(() => random() - 0.5);
  const length = lengthOf(chance);
  if (length <= ZERO) return vec.map((value, axis) => value + (axis === 0 ? force : 0));
  return pushAlong(vec, chance, originCoordinate.vec, force / length);
}

const rawDistance = (a: Coordinate, b: Coordinate): number => lengthBetween(a.vec, b.vec) + a.height + b.height;

const lengthOf = (vec: Vector): number => lengthBetween(vec, originCoordinate.vec);

/** Of the way from one point to another. A loop, for it is gone through several times a ping. */
function lengthBetween(a: Vector, b: Vector): number {
  let squares = 0;
  for (let axis = 0; axis < DIMENSIONS; axis += 1) {
    const way = (a[axis] ?? 0) - (b[axis] ?? 0);
    squares += way * way;
  }
  return Math.sqrt(squares);
}

/** What is not finite makes a sum that is not; numbers so large that theirs is not either are no seconds. */
const isValid = ({ vec, error, adjustment, height }: Coordinate): boolean =>
  vec.length === DIMENSIONS && Number.isFinite(vec.reduce((sum, value) => sum + value, error + adjustment + height));
