/** What a ping is. Which way it goes (`ping_type`) is chosen in pinger.ts. */
import type { EsmError } from '../errors.ts';
import type { RunSignal } from '../run-signal.ts';

/** What one ping gave. Pings never throw and never reject. */
export type PingOutcome =
  /** The node lives. `rttMs` has fractions of a millisecond: the node's coordinate is made of it. */
  | { readonly type: 'answered'; readonly rttMs: number }
  /** No answer, and the node is to blame or the way to it; `detail` tells what was seen. */
  | { readonly type: 'silent'; readonly detail: string }
  /** Nothing was sent: the daemon's own trouble (`ESM_PROBE_UNSENT`, the message names the remedies). */
  | { readonly type: 'unsent'; readonly error: EsmError }
  /** The caller's signal ended the ping before it had an answer. */
  | { readonly type: 'aborted' };

/** Whom to ask. */
export interface PingTarget {
  /** A name, an IPv4 or an IPv6 address. */
  readonly address: string;
  /** Where `ping_type = "tcp"` connects to; undefined: the node has no port, and such a ping cannot be sent. */
  readonly port: number | undefined;
}

/** One way to ask, once. `signal`, which no other ping may have, ends it at once. */
export type Ping = (target: PingTarget, timeoutMs: number, signal: RunSignal) => Promise<PingOutcome>;
