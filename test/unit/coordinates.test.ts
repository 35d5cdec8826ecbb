import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Coordinate,
  distanceSeconds,
  movementSeconds,
  originCoordinate,
  updateCoordinate,
} from '../../src/coordinates.ts';

const always = (value: number) => () => value;
const at = (vec: number[], error: number, adjustment: number, height: number): Coordinate => ({
  vec,
  error,
  adjustment,
  height,
});

const A = at([0.01, 0.02, 0, 0, 0, 0, 0, -0.005], 0.3, 0.0002, 0.0004);
const B = at([-0.03, 0.001, 0.004, 0, 0, 0, 0, 0], 0.7, -0.0001, 0.001);

// Computed from the formulas of Serf's client, transcribed apart from this program, with a random source that gives 0.75.
const VECTORS: [string, Coordinate, Coordinate, number, Coordinate][] = [
  [
    'two that start together',
    originCoordinate,
    originCoordinate,
    0.01,
    at(Array(8).fill(0.0004410578200754122) as number[], 1.43725, 0.0002183125, 1e-5),
  ],
  [
    'a longer way than thought',
    A,
    B,
    0.08,
    at(
      [0.012263294071321144, 0.02107504600738152, -0.00022633063182037842, 0, 0, 0, 0, -0.005282907166334153],
      0.30914651752275546,
      0.0007811337034408389,
      0.00047921521901494416,
    ),
  ],
  [
    'a shorter way than thought',
    B,
    A,
    0.001,
    at(
      [-0.02292175302907927, 0.004362151547705912, 0.003292174269237013, 0, 0, 0, 0, -0.0008847769950991647],
      1.5,
      -0.0009244581691317016,
      0.000752261397364611,
    ),
  ],
];

describe('an update', () => {
  it.each(VECTORS)('moves as Serf does: %s', (_, moving, fixed, rtt, expected) => {
    const moved = updateCoordinate(moving, fixed, rtt, always(0.75))!;
    for (const [axis, value] of expected.vec.entries()) expect(moved.vec[axis]).toBeCloseTo(value, 14);
    expect(moved.error).toBeCloseTo(expected.error, 12);
    expect(moved.adjustment).toBeCloseTo(expected.adjustment, 12);
    expect(moved.height).toBeCloseTo(expected.height, 14);
  });

  it.each([-0.001, 10.001, NaN, Infinity])('is refused for a round trip of %d s', (rtt) => {
    expect(updateCoordinate(A, B, rtt, always(0.5))).toBeUndefined();
  });

  it.each([
    ['other dimensions', { ...B, vec: [0, 0] }],
    ['no numbers', { ...B, vec: [NaN, 0, 0, 0, 0, 0, 0, 0] }],
    ['an infinite height', { ...B, height: Infinity }],
  ])('is refused for a coordinate with %s', (_, bad) => {
    expect(updateCoordinate(A, bad, 0.01, always(0.5))).toBeUndefined();
    expect(updateCoordinate(bad, A, 0.01, always(0.5))).toBeUndefined();
  });

  it('drives two that coincide apart, even where chance gives no direction', () => {
    const moved = updateCoordinate(originCoordinate, originCoordinate, 0.1, always(0.5))!;
    expect(moved.vec[0]).toBeGreaterThan(0);
    expect(moved.vec.slice(1)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('converges on the measured time', () => {
    let moving: Coordinate = originCoordinate;
    for (let ping = 0; ping < 500; ping++) moving = updateCoordinate(moving, originCoordinate, 0.05, always(0.75))!;
    expect(distanceSeconds(moving, originCoordinate)).toBeCloseTo(0.05, 3);
  });

  const parts = fc.double({ min: -1, max: 1, noNaN: true });
  const coordinates = fc.record({
    vec: fc.array(parts, { minLength: 8, maxLength: 8 }),
    error: fc.double({ min: 0, max: 1.5, noNaN: true }),
    adjustment: parts,
    height: fc.double({ min: 1e-5, max: 1, noNaN: true }),
  });

  it('always gives numbers, a height above the least and an error below the greatest', () => {
    fc.assert(
      fc.property(coordinates, coordinates, fc.double({ min: 0, max: 10, noNaN: true }), (moving, fixed, rtt) => {
        const moved = updateCoordinate(moving, fixed, rtt, always(0.3))!;
        expect([...moved.vec, moved.error, moved.adjustment, moved.height].every(Number.isFinite)).toBe(true);
        expect(moved.height).toBeGreaterThanOrEqual(10e-6);
        expect(moved.error).toBeLessThanOrEqual(1.5);
      }),
    );
  });
});

it('a coordinate has not moved from itself, though its distance to itself is twice its height', () => {
  expect(movementSeconds(A, A)).toBe(0);
  expect(distanceSeconds({ ...A, adjustment: 0 }, { ...A, adjustment: 0 })).toBeCloseTo(0.0008);
  expect(movementSeconds(A, { ...A, vec: [0.01, 0.02, 0, 0.002, 0, 0, 0, -0.005] })).toBeCloseTo(0.002);
});
