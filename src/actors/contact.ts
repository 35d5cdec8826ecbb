/** The daemon chart's questions to Consul: the first contact, and whether it is back after an outage. */
import { fromPromise, type PromiseActorLogic } from 'xstate';
import type { ConsulClient } from '../consul/client.ts';
import { withDeadline } from '../consul/deadline.ts';
import { contact, isServing } from '../consul/gate.ts';
import { pause } from '../pause.ts';

/** Between two questions while Consul is away (behaviour.md section 7). */
const ASK_INTERVAL_MS = 1_000;

/** Few questions hang at once: they share eight connections with the beats. */
const ANSWER_LIMIT_MS = 4_000;

export interface ContactActors {
  readonly contact: PromiseActorLogic<void>;
  readonly awaitConsul: PromiseActorLogic<void>;
}

export const contactActors = (client: ConsulClient): ContactActors => ({
  contact: fromPromise(async ({ signal }) => {
    await contact(client, signal);
  }),
  awaitConsul: fromPromise(({ signal }) => untilServing(client, signal)),
});

/** Asks without waiting for the answer before, which may have gone into a hole; the first good one counts. */
const untilServing = async (client: ConsulClient, signal: AbortSignal): Promise<void> => {
  const found = new AbortController();
  const ended = AbortSignal.any([signal, found.signal]);
  const ask = async (): Promise<void> => {
    const isBack = await withDeadline(client.clock, ANSWER_LIMIT_MS, ended, (both) => isServing(client, both));
    if (isBack) found.abort();
  };
  await pause(client.clock, ASK_INTERVAL_MS, ended);
  do {
    void ask().catch(() => undefined);
    await pause(client.clock, ASK_INTERVAL_MS, ended);
  } while (!ended.aborted);
};
