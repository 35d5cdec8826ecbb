/**
 * A chart taken apart, and what its parts are called: by the pictures (`data-state`, `data-edge`), by the page that shows them
 * live, and by the tests' coverage, so that each finds the other's states and edges.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** A state's place in the chart, `faulty.resting`; the chart itself is `(root)`. */
export const stateName = (node: AnyStateNode): string => node.path.join('.') || '(root)';

/** The chart and all states beneath, in document order. */
export function statesOf(machine: AnyStateMachine): AnyStateNode[] {
  const walk = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(walk)];
  return walk(machine.root as AnyStateNode); // safe: a machine's root is a state node of that machine
}

/** All edges that leave a state: by event, by delay, by the end of an actor, and those that are taken at once. */
export const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

/** The event of an edge in a reader's words: `after backoff`, `done lookUp`, `error lookUp`, `always`. */
export function eventName(edge: AnyTransitionDefinition): string {
  const event = String(edge.eventType);
  const node = edge.source as AnyStateNode; // safe: edges come from state nodes
  const delay = /^xstate\.after\.(.+)$/.exec(event)?.[1];
  if (delay !== undefined) return `after ${delay.slice(0, -node.id.length - 1)}`;
  const [, end, actor] = /^xstate\.(done|error|snapshot)\.(?:actor|state)\.(.+)$/.exec(event) ?? [];
  if (end === undefined) return event === '' ? 'always' : event;
  const invoked = node.invoke.find(({ id }) => id === actor);
  return `${end} ${invoked === undefined ? 'state' : nameOf(invoked.src)}`;
}

/** The name of an action, guard or actor; design.md allows no other. */
export function nameOf(reference: unknown): string {
  if (typeof reference === 'string') return reference;
  if (typeof reference === 'object' && reference !== null && 'type' in reference) return String(reference.type);
  return '(inline)';
}

/** An edge as a line: `looking.asking --done lookUp [isPassing]--> occupied`. Edges that stay show no target. */
export function edgeName(edge: AnyTransitionDefinition): string {
  const targets = (edge.target ?? []).map((node) => stateName(node as AnyStateNode)); // safe: targets are state nodes
  const label = `${eventName(edge)}${edge.guard === undefined ? '' : ` [${nameOf(edge.guard)}]`}`;
  return [`${stateName(edge.source as AnyStateNode)} --${label}-->`, ...targets].join(' '); // safe: as above
}

/** Every edge of the chart, one line each. */
export const edgesOf = (machine: AnyStateMachine): string[] =>
  statesOf(machine).flatMap((node) => transitionsOf(node).map(edgeName));
