/** The effects of machines/assignment.ts: what the leader must know of the fleet, and its fenced writes. */
import { fromCallback, fromPromise } from 'xstate';
import { assignmentMachine, type AssignmentActors, type FleetNews, type Survey } from '../../machines/assignment.ts';
import type { Share } from '../../machines/model.ts';
import type { Clock, Random } from '../clock.ts';
import type { Catalog, Fleet, ShareEntry } from '../consul/consul.ts';
import { jitteredBackoff } from './jitter.ts';
import { observing } from './watching.ts';

export interface AssignmentDeps {
  readonly fleet: Fleet;
  readonly catalog: Pick<Catalog, 'watchNodes'>;
  readonly clock: Clock;
  readonly random: Random;
}

const knownShare = (entry: ShareEntry): Share | undefined => (entry.type === 'list' ? entry.share : undefined);

const survey = async ({ fleet, clock }: AssignmentDeps, signal: AbortSignal): Promise<Survey> => {
  const [lists, registered] = await Promise.all([fleet.readLists(signal), fleet.readRegistered(signal)]);
  const present = [...lists].filter(([, entry]) => entry.type !== 'absent');
  return { lists: new Map(present.map(([id, entry]) => [id, knownShare(entry)])), registered, atMs: clock.now() };
};

const fleetWatches = ({ fleet, catalog }: AssignmentDeps): AssignmentActors['fleet'] =>
  fromCallback(({ sendBack, receive }) => {
    const watches = [
      catalog.watchNodes(observing(sendBack, (nodes): FleetNews => ({ type: 'nodes.changed', nodes }))),
      fleet.watchInstances(observing(sendBack, (serviceIds): FleetNews => ({ type: 'instances.changed', serviceIds }))),
      fleet.watchLists(observing(sendBack, (): FleetNews => ({ type: 'lists.changed' }))),
    ];
    receive(() => {
      for (const watch of watches) watch.wake();
    });
    return () => {
      for (const watch of watches) watch.stop();
    };
  });

const assignmentActors = (deps: AssignmentDeps): AssignmentActors => ({
  fleet: fleetWatches(deps),
  survey: fromPromise(({ signal }) => survey(deps, signal)),
  writeLists: fromPromise(({ input, signal }) => deps.fleet.writeLists(input.changes, input.session, signal)),
});

/** The wired chart, for the leadership chart to start. */
export const assignmentLogic = (deps: AssignmentDeps): typeof assignmentMachine =>
  assignmentMachine.provide({
    actors: assignmentActors(deps) satisfies AssignmentActors,
    delays: { backoff: jitteredBackoff(deps.random) },
  });
