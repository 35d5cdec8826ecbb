/** What a probe is, and which probe a definition asks for. Stands between the scheduler, which says when, and sockets. */
import type { CheckStatus } from '../../machines/model.ts';
import type { EsmError } from '../errors.ts';

/** What one run of a probe gave. Probes never throw and never reject. */
export type ProbeOutcome =
  /** The target was asked. Output is Consul's wording, at most 4 KiB and a little. */
  | { readonly type: 'measured'; readonly status: CheckStatus; readonly output: string; readonly rttMs?: number }
  /** The question could not be sent: the daemon's own trouble (`ESM_PROBE_UNSENT`, the message names the remedy). */
  | { readonly type: 'unsent'; readonly error: EsmError }
  /** The caller's signal ended the run before it had an answer. */
  | { readonly type: 'aborted' };

/** Asks one target once. `signal` ends it at once; its own time-out is part of the definition and exact to 50 ms. */
export type Probe<Definition> = (definition: Definition, signal: AbortSignal) => Promise<ProbeOutcome>;
