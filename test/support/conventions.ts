/** What design.md asks of every chart, found by walking it: each breach is a line, a good chart has none. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { edgeName, nameOf, stateName, statesOf, transitionsOf } from '../../src/chart.ts';

const LOWER_CAMEL = /^[a-z][A-Za-z0-9]*$/;
const EVENT = /^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/;
const GUARD = /^(is|has)[A-Z][A-Za-z0-9]*$/;

interface Named {
  readonly kind: 'action' | 'guard' | 'delay' | 'actor' | 'event';
  readonly name: string;
  readonly where: string;
}

const named = (kind: Named['kind'], where: string, ref: unknown): Named => ({
  kind,
  where,
  name: nameOf(ref),
});

const edgeReferences = (edge: AnyTransitionDefinition): Named[] => {
  const where = edgeName(edge);
  const event = String(edge.eventType);
  return [
    ...edge.actions.map((action) => named('action', where, action)),
    ...(edge.guard === undefined ? [] : [named('guard', where, edge.guard)]),
    ...(event === '' || event.startsWith('xstate.') ? [] : [named('event', where, event)]),
  ];
};

/** As written: XState adds nameless ones of its own for every delay. */
const asList = (actions: unknown): unknown[] => (actions === undefined ? [] : [actions].flat());

const stateReferences = (node: AnyStateNode): Named[] => [
  ...[node.config.entry, node.config.exit].flatMap(asList).map((action) => named('action', stateName(node), action)),
  ...node.invoke.map(({ src }) => named('actor', stateName(node), src)),
  ...Object.keys((node.config.after ?? {}) as object).map((delay) => named('delay', stateName(node), delay)), // safe: only its keys are read
  ...transitionsOf(node).flatMap(edgeReferences),
];

const PATTERNS: Record<Named['kind'], RegExp> = {
  action: LOWER_CAMEL,
  actor: LOWER_CAMEL,
  delay: LOWER_CAMEL,
  guard: GUARD,
  event: EVENT,
};

const stateBreaches = (node: AnyStateNode): string[] => [
  ...(node.description === undefined ? [`${stateName(node)}: no description`] : []),
  ...(node.path.length > 0 && !LOWER_CAMEL.test(node.key) ? [`${stateName(node)}: not lowerCamel`] : []),
  ...node.invoke
    .filter(({ id }) => !node.transitions.has(`xstate.error.actor.${id}`))
    .map((invoked) => `${stateName(node)}: ${nameOf(invoked.src)} has no error exit`),
  ...stateReferences(node)
    .filter(({ kind, name }) => !PATTERNS[kind].test(name))
    .map(({ kind, name, where }) => `${where}: ${kind} ${name} is not named as design.md says`),
];

/** Breaches of naming, descriptions, error exits and the bound on microsteps. */
export const breachesOf = (machine: AnyStateMachine): string[] => [
  ...statesOf(machine).flatMap(stateBreaches),
  ...((machine.options.maxIterations ?? Infinity) === Infinity ? ['options.maxIterations is not set'] : []),
];

/** An action that setup() only declares, for src/actors to fill; XState's own bear a `resolve`. */
const isPort = (action: unknown): boolean => typeof action === 'function' && !('resolve' in action);

/**
 * Names that the chart uses and `wired` does not give a meaning, and action ports that `wired` left as declared.
 * `spawned`: actors that the chart starts by `spawn`, which no walk can see.
 */
export function unwiredNames(
  chart: AnyStateMachine,
  wired: AnyStateMachine,
  spawned: readonly string[] = [],
): string[] {
  const references = statesOf(wired).flatMap(stateReferences);
  const declared: Record<Named['kind'], object | undefined> = {
    action: wired.implementations.actions,
    actor: wired.implementations.actors,
    delay: wired.implementations.delays,
    guard: wired.implementations.guards,
    event: undefined,
  };
  const missing = [...references, ...spawned.map((name) => named('actor', '(spawned)', name))]
    .filter(({ kind, name }) => kind !== 'event' && !/^\d+$/.test(name) && !(name in (declared[kind] ?? {})))
    .map(({ kind, name }) => `${kind} ${name}`);
  const actions = Object.entries(chart.implementations.actions);
  const unfilled = actions
    .filter(([name, action]) => isPort(action) && wired.implementations.actions[name] === action)
    .map(([name]) => `action ${name}`);
  return [...new Set([...missing, ...unfilled])].sort();
}
