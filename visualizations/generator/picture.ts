/** What there is to draw of a chart: its states, each with what happens within it, and the arrows between them. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { nameOf, stateName, statesOf, transitionsOf } from '../../src/chart.ts';
import { transitionInWords, type TransitionInWords } from './transition.ts';

/** A line in a state's box: what it does on entry, which actors it runs, what it handles without leaving. */
export type Row =
  | { readonly type: 'entry' | 'exit'; readonly actions: readonly string[] }
  | { readonly type: 'invoke'; readonly src: string; readonly id: string }
  | { readonly type: 'transition'; readonly transition: TransitionInWords };

export interface PictureState {
  /** Its place in the chart, `faulty.resting`; the chart itself is `(root)`. */
  readonly name: string;
  /** What the box says. */
  readonly title: string;
  readonly description: string;
  readonly type: AnyStateNode['type'];
  /** One of several that are active at the same time. */
  readonly isRegion: boolean;
  /** The state in which it starts, where it has states of its own. */
  readonly initial: string | undefined;
  readonly rows: readonly Row[];
  readonly children: readonly PictureState[];
}

/** All transitions from one state to another. */
export interface Arrow {
  readonly source: string;
  readonly target: string;
  readonly transitions: readonly TransitionInWords[];
}

export interface Picture {
  readonly id: string;
  readonly root: PictureState;
  readonly arrows: readonly Arrow[];
}

const namesOf = (actions: unknown): string[] => (actions === undefined ? [] : [actions].flat().map(nameOf));

const targetsOf = (edge: AnyTransitionDefinition): string[] =>
  (edge.target ?? []).map((node) => stateName(node as AnyStateNode)); // safe: targets are state nodes

/** Does it stay in its state? Such a transition is a row of the box, one that starts the state anew too. */
function isWithin(node: AnyStateNode, edge: AnyTransitionDefinition): boolean {
  const targets = targetsOf(edge);
  return targets.length === 0 || targets.includes(stateName(node));
}

function rowsOf(node: AnyStateNode): Row[] {
  const { entry, exit } = node.config as { readonly entry?: unknown; readonly exit?: unknown }; // safe: any becomes unknown
  const within = transitionsOf(node).filter((edge) => isWithin(node, edge));
  return [
    ...(entry === undefined ? [] : [{ type: 'entry' as const, actions: namesOf(entry) }]),
    ...(exit === undefined ? [] : [{ type: 'exit' as const, actions: namesOf(exit) }]),
    ...node.invoke.map(({ src, id }) => ({ type: 'invoke' as const, src: nameOf(src), id })),
    ...within.map((edge) => ({ type: 'transition' as const, transition: transitionInWords(node, edge) })),
  ];
}

function stateOf(node: AnyStateNode): PictureState {
  const [initial] = node.type === 'compound' ? node.initial.target : [];
  return {
    name: stateName(node),
    title: node.key,
    description: node.description ?? '',
    type: node.type,
    isRegion: node.parent?.type === 'parallel',
    initial: initial === undefined ? undefined : stateName(initial),
    rows: rowsOf(node),
    children: Object.values(node.states).map(stateOf),
  };
}

/** Transitions that go the same way share one arrow. */
function arrowsFrom(node: AnyStateNode): Arrow[] {
  const byTarget = new Map<string, TransitionInWords[]>();
  for (const edge of transitionsOf(node).filter((edge) => !isWithin(node, edge)))
    for (const target of targetsOf(edge))
      byTarget.set(target, [...(byTarget.get(target) ?? []), transitionInWords(node, edge)]);
  return [...byTarget].map(([target, transitions]) => ({ source: stateName(node), target, transitions }));
}

/** The chart as something to draw. */
export const pictureOf = (machine: AnyStateMachine): Picture => ({
  id: machine.id,
  root: stateOf(machine.root as AnyStateNode), // safe: a machine's root is a state node of that machine
  arrows: statesOf(machine).flatMap(arrowsFrom),
});

/** The state and all beneath, in the order of the chart. */
export const statesWithin = (state: PictureState): PictureState[] => [state, ...state.children.flatMap(statesWithin)];
