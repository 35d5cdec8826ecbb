/** What would make a picture hard to read: words that lie on words, lines that run through words, words that do not fit. */
import type { Layout, PlacedLabel, Point, Rectangle } from '../../visualizations/generator/layout.ts';
import { LINE_HEIGHT, TEXT_SIZE } from '../../visualizations/generator/words.ts';
import { SIDE, TITLE_HEIGHT, type Sheet } from '../../visualizations/generator/sheet.ts';

interface Named extends Rectangle {
  readonly name: string;
}

const doOverlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const doesHold = (outer: Rectangle, inner: Rectangle): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

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

const nameOfLabel = (label: PlacedLabel): string => wordsOf('label', label, label.sheet)[0]?.name ?? 'label';

/** The straight pieces of a line, as rectangles without breadth. */
const piecesOf = (points: readonly Point[]): Rectangle[] =>
  points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
    return { x, y, width: Math.abs(from.x - to.x) + 0.01, height: Math.abs(from.y - to.y) + 0.01 };
  });

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

/** Arrows that end in the void: neither at the border of a state nor at a dot or pill. */
const loose = ({ states, dots, pills, arrows }: Layout): string[] => {
  const isAtBorder = (point: Point): boolean =>
    [...states, ...dots, ...pills].some((box) => {
      const grown = { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 };
      const shrunk = { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 };
      const spot = { ...point, width: 0.01, height: 0.01 };
      return doOverlap(grown, spot) && !doOverlap(shrunk, spot);
    });
  return arrows.flatMap(({ points }, index) => {
    const ends = [points[0], points.at(-1)];
    return ends.every((end) => end !== undefined && isAtBorder(end)) ? [] : [`arrow ${index} is loose`];
  });
};

const astray = ({ arrows }: Layout): string[] =>
  arrows.flatMap(({ points, label }) =>
    label === undefined || piecesOf(points).some((piece) => doOverlap(piece, label))
      ? []
      : [`${nameOfLabel(label)} is not on its arrow`],
  );

/** All of it, one line each; a good picture has none. */
export const flawsOf = (layout: Layout): string[] => [
  ...overlaps(layout),
  ...crossings(layout),
  ...cutOff(layout),
  ...loose(layout),
  ...astray(layout),
];
