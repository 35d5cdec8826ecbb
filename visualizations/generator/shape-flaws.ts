/** Boxes and lines that mislead: boxes on boxes, lines through boxes or upon lines, arrows that end in the void. */
import { doesHold, doOverlap, grown, piecesOf, type Rectangle } from './geometry.ts';
import type { Layout, PlacedState } from './layout.ts';
import { nameOfLabel } from './word-flaws.ts';

const isWithin = (inner: PlacedState, outer: PlacedState): boolean =>
  inner !== outer && (outer.state.name === '(root)' || inner.state.name.startsWith(`${outer.state.name}.`));

/** States that lie on others, or that leave the one they belong to. */
const misplaced = ({ states }: Layout): string[] =>
  states.flatMap((state) =>
    states
      .filter((other) => other !== state && !isWithin(other, state))
      .filter((other) => (isWithin(state, other) ? !doesHold(other, state) : doOverlap(other, state)))
      .map((other) => `${state.state.name} does not lie to ${other.state.name} as it should`),
  );

/** Labels that the frame of a state runs through. */
const framed = ({ states, arrows }: Layout): string[] =>
  arrows.flatMap(({ label }) =>
    label === undefined
      ? []
      : states
          .filter((box) => doOverlap(box, label) && !doesHold(box, label))
          .map(({ state }) => `the frame of ${state.name} runs through ${nameOfLabel(label)}`),
  );

/** Arrows that run through a state without states; they may touch those where they begin and end. */
const piercing = ({ states, arrows }: Layout): string[] =>
  states
    .filter(({ state }) => state.children.length === 0)
    .flatMap((box) =>
      arrows
        .flatMap(({ points }) => piecesOf(points))
        .filter((piece) => doOverlap(grown(box, -1), piece))
        .map(() => `an arrow runs through ${box.state.name}`),
    );

const isUpright = ({ width, height }: Rectangle): boolean => height > width;

/** Arrows that share a piece of their way, so that nobody knows which goes where. */
const merged = ({ arrows }: Layout): string[] => {
  const all = arrows.flatMap(({ points }, arrow) => piecesOf(points).map((piece) => ({ arrow, piece })));
  return all.flatMap(({ arrow, piece }) =>
    all
      .filter((other) => other.arrow > arrow && isUpright(other.piece) === isUpright(piece))
      .filter((other) => doOverlap(other.piece, piece))
      .map((other) => `arrows ${arrow} and ${other.arrow} run upon each other`),
  );
};

/** Arrows that end neither at the border of a state nor at a dot or pill. */
const loose = ({ states, dots, pills, arrows }: Layout): string[] => {
  const boxes = [...states, ...dots, ...pills];
  return arrows.flatMap(({ points }, index) =>
    [points[0], points.at(-1)].every((end) => {
      if (end === undefined) return false;
      const spot = { ...end, width: 0.01, height: 0.01 };
      return boxes.some((box) => doOverlap(grown(box, 1), spot) && !doOverlap(grown(box, -1), spot));
    })
      ? []
      : [`arrow ${index} is loose`],
  );
};

/** One line each. */
export const shapeFlawsOf = (layout: Layout): string[] => [
  ...misplaced(layout),
  ...framed(layout),
  ...piercing(layout),
  ...merged(layout),
  ...loose(layout),
];
