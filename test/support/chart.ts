/** A recorder of the states and edges of a chart that a test has been through. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate';
import { edgeName, edgesOf, stateName, statesOf, transitionsOf } from '../../src/chart.ts';

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
