/** What a probe is, and what it may be asked. Stands between the scheduler, which says when, and sockets. */
import type { CheckStatus } from '../../machines/model.ts';
import type { EsmError } from '../errors.ts';
import type { RunSignal } from '../run-signal.ts';
import type { HttpUrl } from './http-url.ts';

/** What one run of a probe gave. Probes never throw and never reject. */
export type ProbeOutcome =
  /** The target was asked. Output is Consul's wording, at most 4 KiB and a little. */
  | { readonly type: 'measured'; readonly status: CheckStatus; readonly output: string; readonly rttMs?: number }
  /** The question could not be sent: the daemon's own trouble (`ESM_PROBE_UNSENT`, the message names the remedy). */
  | { readonly type: 'unsent'; readonly error: EsmError }
  /** The caller's signal ended the run before it had an answer. */
  | { readonly type: 'aborted' };

/**
 * Asks one target once. `signal` ends it at once; `timeoutMs` covers everything from the look-up of the name to the last
 * byte that counts, exact to 50 ms.
 */
export type Probe<Definition> = (definition: Definition, timeoutMs: number, signal: RunSignal) => Promise<ProbeOutcome>;

/** An HTTP or HTTPS check, ready to be sent: names and values hold nothing that could break out of their line. */
export interface HttpDefinition {
  readonly type: 'http';
  /** As the catalog holds it, the password masked: for outputs. */
  readonly shownUrl: string;
  readonly url: HttpUrl;
  readonly method: string;
  /** Every value of every header in order, as written; `Host` among them overrides the one of the URL. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly isCertificateIgnored: boolean;
  /** Expected in the certificate and sent as SNI; empty: the URL's host. */
  readonly tlsServerName: string;
  readonly isRedirectFollowed: boolean;
}

/** A TCP check: passing once connected. */
export interface TcpDefinition {
  readonly type: 'tcp';
  readonly host: string;
  readonly port: number;
  /** As the catalog holds it, for the output. */
  readonly address: string;
}

/** A definition that no probe can obey: each run is critical, and `reason` is its output. */
export interface InvalidDefinition {
  readonly type: 'invalid';
  readonly reason: string;
}

/** Everything {@link Probe}s can run. A new type of check is one member here, one file, and one line in prober.ts. */
export type RunnableDefinition = HttpDefinition | TcpDefinition | InvalidDefinition;
