/**
 * What main thread and worker tell one another, a list of each a turn of the event loop. An empty list asks the worker for a sign
 * of life, and is answered with an empty list.
 */
import { EsmError } from '../../errors.ts';
import type { ProxyEnv } from '../../proxy.ts';
import type { ProbeOutcome, RunnableDefinition } from '../probe.ts';
import type { ProbeTlsFiles } from '../secure.ts';

/** What all workers need to know before their first run. */
export interface WorkerSetup {
  readonly tls: ProbeTlsFiles;
  readonly proxyEnv: ProxyEnv;
}

/** What one worker is started with. */
export interface WorkerData extends WorkerSetup {
  /** The epoll descriptor that its plain connections are watched by, the main thread's to close; negative: there is none. */
  readonly epoll: number;
}

/** `id` names a run to this worker. */
export type Order =
  | {
      readonly type: 'run';
      readonly id: number;
      readonly definition: RunnableDefinition;
      readonly timeoutMs: number;
    }
  | { readonly type: 'abort'; readonly id: number };

/** An outcome as it travels: an error arrives without its class and its code. */
export interface Result {
  readonly id: number;
  readonly outcome: Exclude<ProbeOutcome, { type: 'unsent' }> | { readonly type: 'unsent'; readonly message: string };
}

export const packOutcome = (id: number, outcome: ProbeOutcome): Result => ({
  id,
  outcome: outcome.type === 'unsent' ? { type: 'unsent', message: outcome.error.message } : outcome,
});

export const unpackOutcome = ({ outcome }: Result): ProbeOutcome =>
  outcome.type === 'unsent' ? { type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', outcome.message) } : outcome;
