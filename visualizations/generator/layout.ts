/** Where everything goes: the layered layout of the Eclipse Layout Kernel, states within states. */
import ElkModule, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { flawsOf } from './flaws.ts';
import type { Point, Rectangle } from './geometry.ts';
import { anyId, arrowId, dotEdgeId, dotId, graphOf, isBackward, type Order } from './graph.ts';
import { besideLines } from './heads.ts';
import { statesWithin, type Arrow, type Picture, type PictureState } from './picture.ts';
import { labelSheet, stateSheet, type Sheet } from './sheet.ts';
import { tangleOf } from './tangle.ts';

export interface PlacedState extends Rectangle {
  readonly state: PictureState;
  readonly sheet: Sheet;
}

export interface PlacedLabel extends Rectangle {
  readonly sheet: Sheet;
}

export interface PlacedArrow {
  readonly points: readonly Point[];
  /** Undefined: from the dot to the initial state. */
  readonly label: PlacedLabel | undefined;
}

/** All coordinates are the whole picture's. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Outer states before those that they hold. */
  readonly states: readonly PlacedState[];
  /** The dots that point to initial states, and the pills that stand for every state within. */
  readonly dots: readonly Rectangle[];
  readonly pills: readonly Rectangle[];
  readonly arrows: readonly PlacedArrow[];
}

const rectangleOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rectangle>): Rectangle => ({
  x,
  y,
  width,
  height,
});

const nodesWithin = (node: ElkNode): ElkNode[] => [node, ...(node.children ?? []).flatMap(nodesWithin)];

const pointsOf = (edge: ElkExtendedEdge | undefined): Point[] =>
  (edge?.sections ?? []).flatMap(({ startPoint, bendPoints, endPoint }) => [
    startPoint,
    ...(bendPoints ?? []),
    endPoint,
  ]);

type Sheets = ReadonlyMap<string, Sheet>;

const sheetsFor = (states: readonly PictureState[], roomOf: (state: PictureState) => number): Sheets =>
  new Map(states.map((state) => [state.name, stateSheet(state, roomOf(state))]));

function read(picture: Picture, sheets: Sheets, laidOut: ElkNode): Layout {
  const states = statesWithin(picture.root);
  const nodes = new Map(nodesWithin(laidOut).map((node) => [node.id, rectangleOf(node)]));
  const edges = new Map((laidOut.edges ?? []).map((edge) => [edge.id, edge]));
  const placed = (ids: readonly string[]): Rectangle[] => ids.flatMap((id) => nodes.get(id) ?? []);
  const placedArrow = (arrow: Arrow, index: number): PlacedArrow => {
    const edge = edges.get(arrowId(index));
    const points = pointsOf(edge);
    const label = { ...rectangleOf(edge?.labels?.[0] ?? {}), sheet: labelSheet(arrow) };
    return { points: isBackward(arrow, states) ? points.reverse() : points, label };
  };
  const dotArrow = ({ name }: PictureState): PlacedArrow => ({
    points: pointsOf(edges.get(dotEdgeId(name))),
    label: undefined,
  });
  const arrows = [
    ...states.filter(({ initial }) => initial !== undefined).map(dotArrow),
    ...picture.arrows.map(placedArrow),
  ];
  const lines = arrows.map(({ points }) => points);
  const placedState = (state: PictureState): PlacedState[] => {
    const [box, sheet] = [nodes.get(state.name), sheets.get(state.name)];
    return box === undefined || sheet === undefined ? [] : [{ state, sheet: besideLines(sheet, box, lines), ...box }];
  };
  return {
    ...rectangleOf(laidOut),
    states: states.flatMap(placedState),
    dots: placed(states.map(({ name }) => dotId(name))),
    pills: placed(states.map(({ name }) => anyId(name))),
    arrows,
  };
}

/** The second time round, rows of a state fill the width that its inner states have given it. */
async function layOutIn(order: Order, picture: Picture): Promise<Layout> {
  const elk = new ElkModule.default();
  const states = statesWithin(picture.root);
  const narrow = sheetsFor(states, () => 0);
  const first = read(picture, narrow, await elk.layout(graphOf(picture, narrow, order)));
  const widths = new Map(first.states.map(({ state, width }) => [state.name, width]));
  const wide = sheetsFor(states, ({ name, children }) => (children.length === 0 ? 0 : (widths.get(name) ?? 0)));
  return read(picture, wide, await elk.layout(graphOf(picture, wide, order)));
}

/** Lays the picture out in the order of the chart, unless the kernel's own has fewer flaws or is less of a tangle. */
export async function layOut(picture: Picture): Promise<Layout> {
  const [asInChart, asKernelLikes] = [await layOutIn('chart', picture), await layOutIn('kernel', picture)];
  const flaws = flawsOf(asKernelLikes).length - flawsOf(asInChart).length;
  const isChartBetter = flaws === 0 ? tangleOf(asInChart) <= tangleOf(asKernelLikes) : flaws > 0;
  return isChartBetter ? asInChart : asKernelLikes;
}
