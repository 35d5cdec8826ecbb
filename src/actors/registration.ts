/** The effects of machines/registration.ts: own service and TTL check, by way of the registrar. */
import { fromPromise } from 'xstate';
import { registrationMachine, type RegistrationActors } from '../../machines/registration.ts';
import type { Random } from '../clock.ts';
import type { Registrar } from '../consul/consul.ts';
import { jitteredBackoff } from './jitter.ts';

export interface RegistrationDeps {
  readonly registrar: Registrar;
  readonly random: Random;
}

const registrationActors = ({ registrar }: RegistrationDeps): RegistrationActors => ({
  lookUp: fromPromise(({ signal }) => registrar.lookUp(signal)),
  register: fromPromise(({ signal }) => registrar.register(signal)),
  beat: fromPromise(({ signal }) => registrar.beat(signal)),
  deregister: fromPromise(({ signal }) => registrar.deregister(signal)),
});

/** The wired chart, for the daemon chart to start. */
export const registrationLogic = (deps: RegistrationDeps): typeof registrationMachine =>
  registrationMachine.provide({
    actors: registrationActors(deps) satisfies RegistrationActors,
    delays: { backoff: jitteredBackoff(deps.random) },
  });
