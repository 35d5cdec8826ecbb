/** What may happen to nodes and targets, and to what users say of them. */
import type { CheckStatus } from '../../../machines/model.ts';
import * as acts from '../drivers/acts.ts';
import type { NodeName, Plot } from './plot.ts';
import { ofNode } from './turn.ts';

const STATUSES: readonly CheckStatus[] = ['passing', 'warning', 'critical'];

const isKnown = ({ registered }: Readonly<Plot>, node: NodeName): boolean => registered.has(node);

export const targetTurns = STATUSES.flatMap((health) =>
  ofNode(
    (node) => `the target on ${node} is ${health}`,
    isKnown,
    (stage, node) => {
      acts.setTarget(stage, node, health);
    },
  ),
);

export const nodeTurns = [true, false].flatMap((isUp) =>
  ofNode(
    (node) => `node ${node} ${isUp ? 'answers' : 'is dead'}`,
    ({ dead }, node) => dead.has(node) === isUp,
    (stage, node) => {
      acts.setNode(stage, node, isUp);
    },
    ({ dead }, node) => (isUp ? dead.delete(node) : dead.add(node)),
  ),
);

const registering = (what: string, deregisterAfterMs: number | undefined) =>
  ofNode(
    (node) => `a user registers node ${node}${what}`,
    () => true,
    (stage, node) => {
      acts.putNode(stage, node, { deregisterAfterMs });
    },
    ({ registered }, node) => registered.add(node),
  );

export const catalogTurns = [
  ...registering('', undefined),
  ...registering(' with a deadline', 20_000),
  ...ofNode(
    (node) => `a user removes node ${node}`,
    isKnown,
    acts.dropNode,
    ({ registered }, node) => registered.delete(node),
  ),
  ...ofNode((node) => `a user removes the check of ${node}`, isKnown, acts.dropCheck),
];

export const editTurns = [
  ...ofNode(
    (node) => `a user edits the notes of ${node}`,
    isKnown,
    (stage, node) => {
      acts.editCheck(stage, node, { notes: `at ${stage.world.elapsedMs}` });
    },
  ),
  ...STATUSES.flatMap((status) =>
    ofNode(
      (node) => `a user sets the status of ${node} to ${status}`,
      isKnown,
      (stage, node) => {
        acts.editStatus(stage, node, status);
      },
    ),
  ),
];
