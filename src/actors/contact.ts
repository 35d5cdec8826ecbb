/** The daemon chart's questions to Consul: the first contact, and whether it is back after an outage. */
import { fromPromise, type PromiseActorLogic } from 'xstate';
import type { ConsulClient } from '../consul/client.ts';
import { contact, hasLeader } from '../consul/gate.ts';
import { pause } from '../pause.ts';

/** Between two questions while Consul is away (behaviour.md section 7). */
const ASK_INTERVAL_MS = 1_000;

export interface ContactActors {
  readonly contact: PromiseActorLogic<void>;
  readonly awaitConsul: PromiseActorLogic<void>;
}

export const contactActors = (client: ConsulClient): ContactActors => ({
  contact: fromPromise(async ({ signal }) => {
    await contact(client, signal);
  }),
  awaitConsul: fromPromise(async ({ signal }) => {
    do await pause(client.clock, ASK_INTERVAL_MS, signal);
    while (!signal.aborted && !(await hasLeader(client, signal).catch(() => false)));
  }),
});
