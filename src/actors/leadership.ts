/** The effects of machines/leadership.ts: the lock, its watch, and the charts that live beneath leadership. */
import { fromCallback, fromPromise } from 'xstate';
import { leadershipMachine, type LeadershipActors, type LockNews } from '../../machines/leadership.ts';
import type { Lock } from '../consul/consul.ts';
import { assignmentLogic, type AssignmentDeps } from './assignment.ts';
import { jitteredBackoff } from './jitter.ts';
import { sessionLogic } from './session.ts';
import { observing } from './watching.ts';

export interface LeadershipDeps extends AssignmentDeps {
  readonly lock: Lock;
}

/** Follows both keys; where they are one and the same, no Go instance can lead under another. */
const locks = (lock: Lock): LeadershipActors['locks'] =>
  fromCallback(({ sendBack, receive }) => {
    const watches = [lock.watch(observing(sendBack, (holder): LockNews => ({ type: 'lock.changed', holder })))];
    const goLock = lock.watchGoLock?.(observing(sendBack, (holder): LockNews => ({ type: 'goLock.changed', holder })));
    if (goLock === undefined) sendBack({ type: 'goLock.changed', holder: { type: 'free' } } satisfies LockNews);
    else watches.push(goLock);
    receive(() => {
      for (const watch of watches) watch.wake();
    });
    return () => {
      for (const watch of watches) watch.stop();
    };
  });

/** Released first: a lock that goes with its session is held back for the lock delay. */
const withdraw = async (lock: Lock, session: string, signal: AbortSignal): Promise<void> => {
  await lock.release(session, signal);
  await lock.destroySession(session, signal);
};

const leadershipActors = (deps: LeadershipDeps): LeadershipActors => ({
  locks: locks(deps.lock),
  session: sessionLogic(deps),
  assignment: assignmentLogic(deps),
  acquire: fromPromise(({ input, signal }) => deps.lock.acquire(input.session, signal)),
  release: fromPromise(({ input, signal }) => deps.lock.release(input.session, signal)),
  withdraw: fromPromise(({ input, signal }) => withdraw(deps.lock, input.session, signal)),
});

/** The wired chart, for the daemon chart to start. */
export const leadershipLogic = (deps: LeadershipDeps): typeof leadershipMachine =>
  leadershipMachine.provide({
    actors: leadershipActors(deps) satisfies LeadershipActors,
    delays: { backoff: jitteredBackoff(deps.random) },
  });
