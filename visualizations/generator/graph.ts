/** A picture as the Eclipse Layout Kernel wants it: nodes within nodes, and edges. */
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js';
import { statesWithin, type Arrow, type Picture, type PictureState } from './picture.ts';
import { labelSheet, type Sheet } from './sheet.ts';

const GRAPH_ID = 'graph';

/** The dot that points to the initial state, and the pill that stands for every state within: both within `state`. */
export const dotId = (state: string): string => `${state} dot`;
export const anyId = (state: string): string => `${state} any`;
export const dotEdgeId = (state: string): string => `${state} dot edge`;
export const arrowId = (index: number): string => `arrow ${index}`;

const DOT = 12;
const ANY = { width: 68, height: 22 };
const PADDING = 18;
const MARGIN = 8;

const OPTIONS: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  // States grow as wide as it takes for their arrows to run straight.
  'elk.layered.nodePlacement.networkSimplex.nodeFlexibility.default': 'NODE_SIZE',
  'elk.layered.thoroughness': '50',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
};

/** How far apart arrows begin, and from the corner. The kernel takes both from the state alone; its top is the picture's left. */
const ENDS: LayoutOptions = {
  'elk.spacing.individual': 'elk.spacing.portPort:24;,;elk.spacing.portsSurrounding:[top=14,left=0,bottom=14,right=0]',
};

/**
 * The order of the states of one layer: that of the chart, or the one that the kernel likes best. (Its own option for the former,
 * considerModelOrder, throws on nested graphs.)
 */
export type Order = 'chart' | 'kernel';

const optionsFor = (order: Order): LayoutOptions => ({
  ...OPTIONS,
  'elk.layered.crossingMinimization.semiInteractive': String(order === 'chart'),
});

const padding = (top: number, side: number): string => `[top=${top},left=${side},bottom=${side},right=${side}]`;

/** From a state to one within it, or from the chart: it begins at the pill. */
const isInward = ({ source, target }: Arrow, root: string): boolean =>
  source === root || target.startsWith(`${source}.`);

/** Its place among its siblings, for the order within a layer. */
const inOrder = (nodes: readonly ElkNode[]): ElkNode[] =>
  nodes.map((node, index) => ({
    ...node,
    layoutOptions: { ...node.layoutOptions, 'elk.position': `(${index},${index})`, 'elk.alignment': 'TOP' },
  }));

interface Plan {
  readonly sheets: ReadonlyMap<string, Sheet>;
  /** The states that have a pill. */
  readonly inward: ReadonlySet<string>;
  readonly options: LayoutOptions;
}

function nodeOf(state: PictureState, plan: Plan): ElkNode {
  const { width = 0, height = 0 } = plan.sheets.get(state.name) ?? {};
  if (state.children.length === 0) return { id: state.name, width, height, layoutOptions: ENDS };
  const dot = state.initial === undefined ? [] : [{ id: dotId(state.name), width: DOT, height: DOT }];
  const any = plan.inward.has(state.name) ? [{ id: anyId(state.name), ...ANY, layoutOptions: ENDS }] : [];
  return {
    id: state.name,
    children: inOrder([...any, ...dot, ...state.children.map((child) => nodeOf(child, plan))]),
    layoutOptions: {
      ...plan.options,
      ...ENDS,
      'elk.padding': padding(height + PADDING, PADDING),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // The kernel turns the picture on its side to lay it out from left to right, but not this size.
      'elk.nodeSize.minimum': `(${height},${width})`,
    },
  };
}

const dotEdges = (states: readonly PictureState[]): ElkExtendedEdge[] =>
  states.flatMap(({ name, initial }) =>
    initial === undefined ? [] : [{ id: dotEdgeId(name), sources: [dotId(name)], targets: [initial] }],
  );

/**
 * Does the arrow point against the order of the chart's states? Such arrows are laid out the other way round: so the picture
 * flows as the chart reads, and no cycle is broken where the layout happens to find it.
 */
export function isBackward({ source, target }: Arrow, states: readonly PictureState[]): boolean {
  if (source.startsWith(`${target}.`) || target.startsWith(`${source}.`)) return false;
  const indexOf = (wanted: string): number => states.findIndex(({ name }) => name === wanted);
  return indexOf(target) < indexOf(source);
}

/** The whole picture, each state at least as large as its sheet. */
export function graphOf({ root, arrows }: Picture, sheets: ReadonlyMap<string, Sheet>, order: Order): ElkNode {
  const options = optionsFor(order);
  const states = statesWithin(root);
  const inward = new Set(arrows.filter((arrow) => isInward(arrow, root.name)).map(({ source }) => source));
  const edges = arrows.map((arrow, index): ElkExtendedEdge => {
    const { width, height } = labelSheet(arrow);
    const ends = [isInward(arrow, root.name) ? anyId(arrow.source) : arrow.source, arrow.target];
    const [source = '', target = ''] = isBackward(arrow, states) ? ends.reverse() : ends;
    const label = { text: '-', width, height, layoutOptions: { 'elk.edgeLabels.inline': 'true' } };
    return { id: arrowId(index), sources: [source], targets: [target], labels: [label] };
  });
  return {
    id: GRAPH_ID,
    layoutOptions: { ...options, 'elk.padding': padding(MARGIN, MARGIN) },
    children: [nodeOf(root, { sheets, inward, options })],
    edges: [...dotEdges(states), ...edges],
  };
}
