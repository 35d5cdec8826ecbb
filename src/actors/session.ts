/** The effects of machines/session.ts: the session beneath the leader's lock. */
import { fromPromise } from 'xstate';
import { sessionMachine, type SessionActors } from '../../machines/session.ts';
import type { Random } from '../clock.ts';
import type { Lock } from '../consul/consul.ts';
import { jitteredBackoff } from './jitter.ts';

export interface SessionDeps {
  readonly lock: Lock;
  readonly random: Random;
}

const sessionActors = ({ lock }: SessionDeps): SessionActors => ({
  create: fromPromise(({ signal }) => lock.createSession(signal)),
  renew: fromPromise(({ input, signal }) => lock.renewSession(input.session, input.limitMs, signal)),
  destroy: fromPromise(({ input, signal }) => lock.destroySession(input.session, signal)),
});

/** The wired chart, for the leadership chart to start. */
export const sessionLogic = (deps: SessionDeps): typeof sessionMachine =>
  sessionMachine.provide({
    actors: sessionActors(deps) satisfies SessionActors,
    delays: { backoff: jitteredBackoff(deps.random) },
  });
