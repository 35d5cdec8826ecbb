/** A chart taken apart: every state and every edge it has, and a recorder of those that a test has been through. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate';

/** A state's place in the chart, `leader.trusted`; the chart itself is `(root)`. */
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

/** For `npm run visualize -- --coverage`: into the folder that the environment names, a file a chart. */
function keepCounts(chart: string, taken: ReadonlyMap<string, number>): void {
  const folder = process.env['STATECHART_COVERAGE'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${chart}.json`), JSON.stringify(Object.fromEntries(taken), undefined, 2));
}

/** What a suite has been through. Pass `inspect` to every actor; the chart may run beneath others. */
export interface Coverage {
  readonly inspect: (event: InspectionEvent) => void;
  readonly unreachedStates: () => string[];
  readonly untakenEdges: () => string[];
}

/** Follows all actors whose chart bears the same id as `machine`, however they are wired. */
export function createCoverage(machine: AnyStateMachine): Coverage {
  const reached = new Set<string>();
  const taken = new Map<string, number>();
  const count = (name: string): unknown => taken.set(name, (taken.get(name) ?? 0) + 1);
  const record = (edge: AnyTransitionDefinition): void => {
    const node = edge.source as AnyStateNode; // safe: edges come from state nodes
    if (node.machine.id === machine.id && transitionsOf(node).includes(edge)) count(edgeName(edge));
  };
  return {
    inspect: (event) => {
      if (event.type === '@xstate.microstep') event._transitions.forEach(record);
      if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return;
      const snapshot = event.snapshot as Partial<AnyMachineSnapshot>; // safe: what is no machine's has no machine
      if (snapshot.machine?.id !== machine.id) return;
      for (const node of snapshot._nodes ?? []) reached.add(stateName(node));
    },
    unreachedStates: () =>
      statesOf(machine)
        .map(stateName)
        .filter((name) => !reached.has(name)),
    untakenEdges: () => {
      keepCounts(machine.id, taken);
      return edgesOf(machine).filter((name) => !taken.has(name));
    },
  };
}
