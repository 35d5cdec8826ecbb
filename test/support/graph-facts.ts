/** What the graph of a chart says before anything runs: guards are taken to hold now and then. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { stateName, statesOf, transitionsOf } from '../../src/chart.ts';

const targetsOf = (node: AnyStateNode): AnyStateNode[] =>
  transitionsOf(node).flatMap(({ target }) => (target ?? []) as readonly AnyStateNode[]); // safe: targets are state nodes

const ancestorsOf = (node: AnyStateNode): AnyStateNode[] =>
  node.parent === undefined ? [] : [node.parent, ...ancestorsOf(node.parent)];

/** The states in which it starts once `node` is entered. */
function entered(node: AnyStateNode): AnyStateNode[] {
  if (node.type === 'parallel') return Object.values(node.states);
  return node.type === 'compound' ? [...node.initial.target] : [];
}

/** States that nothing leads to. */
export function unreachableStates(machine: AnyStateMachine): string[] {
  const reached = new Set<AnyStateNode>();
  const visit = (node: AnyStateNode): void => {
    if (reached.has(node)) return;
    reached.add(node);
    // Who enters a state enters the regions beside it too.
    const beside = ancestorsOf(node).filter(({ type }) => type === 'parallel');
    [...ancestorsOf(node), ...beside.flatMap(entered), ...entered(node), ...targetsOf(node)].forEach(visit);
  };
  visit(machine.root as AnyStateNode); // safe: a machine's root is a state node of that machine
  return statesOf(machine)
    .filter((node) => !reached.has(node))
    .map(stateName);
}

/** Is `target` another state in the same region, so that to enter it leaves `node`? */
function leaves(node: AnyStateNode, target: AnyStateNode): boolean {
  if (target === node || ancestorsOf(target).includes(node)) return false;
  const above = [node, ...ancestorsOf(node)];
  const shared = [target, ...ancestorsOf(target)].find((state) => above.includes(state));
  return shared?.type !== 'parallel';
}

/** States that are not final, and that neither they nor those around them ever leave. */
export const deadEnds = (machine: AnyStateMachine): string[] =>
  statesOf(machine)
    .filter((node) => node.type === 'atomic')
    .filter((node) => ![node, ...ancestorsOf(node)].flatMap(targetsOf).some((target) => leaves(node, target)))
    .map(stateName);
