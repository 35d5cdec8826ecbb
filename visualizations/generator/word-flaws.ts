/** Words that are hard to read: they lie on words, lines run through them, or they do not fit. */
import { doesHold, doOverlap, piecesOf, type Point, type Rectangle } from './geometry.ts';
import type { Layout, PlacedLabel } from './layout.ts';
import { LINE_HEIGHT, TEXT_SIZE } from './words.ts';
import { SIDE, TITLE_HEIGHT, type Sheet } from './sheet.ts';

interface Named extends Rectangle {
  readonly name: string;
}

/** The lines of words on a sheet whose corner is given. */
const wordsOf = (name: string, corner: Point, { blocks }: Sheet): Named[] =>
  blocks.flatMap(({ x, y, lines }) =>
    lines.map((line, index) => {
      const last = line.at(-1);
      const top = corner.y + y + index * LINE_HEIGHT + (LINE_HEIGHT - TEXT_SIZE) / 2;
      const width = (last?.x ?? 0) + (last?.width ?? 0);
      const said = line.map(({ text }) => text).join(' ');
      return { name: `${name}: ${said}`, x: corner.x + x, y: top, width, height: TEXT_SIZE };
    }),
  );

const titlesOf = ({ states }: Layout): Named[] =>
  states.map(({ state, sheet, x, y }) => ({
    name: `title of ${state.name}`,
    x: x + SIDE,
    y: y + (TITLE_HEIGHT - TEXT_SIZE) / 2,
    width: sheet.titleWidth,
    height: TEXT_SIZE,
  }));

const headsOf = (layout: Layout): Named[] => [
  ...titlesOf(layout),
  ...layout.states.flatMap((placed) => wordsOf(placed.state.name, placed, placed.sheet)),
];

const labelsOf = ({ arrows }: Layout): PlacedLabel[] => arrows.flatMap(({ label }) => label ?? []);

/** A label by its first line. */
export const nameOfLabel = (label: PlacedLabel): string => wordsOf('label', label, label.sheet)[0]?.name ?? 'label';

function overlaps(layout: Layout): string[] {
  const boxes = [
    ...layout.states
      .filter(({ state }) => state.children.length === 0)
      .map((box) => ({ ...box, name: box.state.name })),
    ...layout.pills.map((pill) => ({ ...pill, name: 'pill' })),
    ...layout.dots.map((dot) => ({ ...dot, name: 'dot' })),
    ...headsOf(layout).filter(({ name }) => !name.startsWith('label')),
  ];
  const labels = labelsOf(layout).map((label) => ({ ...label, name: nameOfLabel(label) }));
  return labels.flatMap((label, index) =>
    [...boxes, ...labels.slice(index + 1)]
      .filter((other) => doOverlap(label, other))
      .map((other) => `${label.name} lies on ${other.name}`),
  );
}

const crossings = (layout: Layout): string[] =>
  layout.arrows.flatMap(({ points, label: own }, index) => {
    const texts = [
      ...headsOf(layout),
      ...labelsOf(layout)
        .filter((label) => label !== own)
        .map((label) => ({ ...label, name: nameOfLabel(label) })),
    ];
    const pieces = piecesOf(points);
    return texts
      .filter((text) => pieces.some((piece) => doOverlap(piece, text)))
      .map(({ name }) => `arrow ${own === undefined ? index : nameOfLabel(own)} runs through ${name}`);
  });

const cutOff = (layout: Layout): string[] => [
  ...layout.states.flatMap((box) =>
    wordsOf(box.state.name, box, box.sheet)
      .filter((words) => !doesHold(box, words))
      .map(({ name }) => `${name} leaves its box`),
  ),
  ...labelsOf(layout).flatMap((label) =>
    wordsOf('label', label, label.sheet)
      .filter((words) => !doesHold(label, words))
      .map(({ name }) => `${name} leaves its label`),
  ),
];

const astray = ({ arrows }: Layout): string[] =>
  arrows.flatMap(({ points, label }) =>
    label === undefined || piecesOf(points).some((piece) => doOverlap(piece, label))
      ? []
      : [`${nameOfLabel(label)} is not on its arrow`],
  );

/** One line each. */
export const wordFlawsOf = (layout: Layout): string[] => [
  ...overlaps(layout),
  ...crossings(layout),
  ...cutOff(layout),
  ...astray(layout),
];
