/** How sessions, locks and entries get lost, and what the fleet makes of it. */
import { lostSessionModel } from '../models/lost-session.ts';
import { deregister, destroySessions, putNode, releaseLock, seizeLock, start, takeAway } from './acts.ts';
import { leadersOf, ownersOf, sharesOf } from './facts.ts';
import { awaitOrder, leaderOf, requireRuns, TAKE_OVER_MS } from './fleet.ts';
import type { Scenario } from './scenario.ts';

const NODES = ['db', 'web', 'mail'];

/** News of the lock, and what a leader without it may still take. */
const NOTICED_MS = 3_000;

export const lostSession: Scenario<typeof lostSessionModel> = {
  promise: 'one leads by a living session, or nobody does',
  chart: lostSessionModel,
  setting: { instances: 2 },
  open(stage) {
    let known = NODES;
    for (const node of NODES) putNode(stage, node);
    for (const instance of stage.world.fleet) start(stage, instance);

    /** All run what they had, under nobody's lead. */
    const unled = (): void => {
      stage.await('nobody leads', NOTICED_MS, () => leadersOf(stage).length === 0);
      const before = JSON.stringify([...sharesOf(stage)]);
      stage.keep('nobody leads', TAKE_OVER_MS, () => leadersOf(stage).length === 0);
      if (JSON.stringify([...sharesOf(stage)]) !== before) throw new Error('lists were written without a leader');
      for (const node of NODES) if (ownersOf(stage, node).length !== 1) throw new Error(`${node} has lost its owner`);
    };

    return {
      states: {
        led() {
          awaitOrder(stage, TAKE_OVER_MS);
          for (const node of known) if (ownersOf(stage, node).length !== 1) throw new Error(`${node} has no owner`);
          requireRuns(stage);
        },
        seized() {
          unled();
          requireRuns(stage);
        },
        unshared() {
          unled();
          if (known.some((node) => !NODES.includes(node) && ownersOf(stage, node).length > 0))
            throw new Error('a node was given away without a leader');
        },
      },
      events: {
        'session.destroyed': () => {
          destroySessions(stage);
        },
        'lock.deleted': () => {
          takeAway(stage, 'lock');
        },
        'lock.seized': () => {
          seizeLock(stage);
        },
        'lock.returned': () => {
          releaseLock(stage);
        },
        'entry.deleted': () => {
          deregister(stage, leaderOf(stage));
        },
        'lists.deleted': () => {
          for (const id of sharesOf(stage).keys()) takeAway(stage, `agents/${encodeURIComponent(id)}`);
        },
        'node.registered'() {
          known = [...NODES, 'new'];
          putNode(stage, 'new');
        },
      },
    };
  },
};
