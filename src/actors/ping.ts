/** One ping of an external node: where it goes, and what its answer means to the node's chart and coordinate. */
import type { ExternalNode } from '../../machines/model.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../observe/log.ts';
import type { Pinger } from '../probes/pinger.ts';
import type { RunSignal } from '../run-signal.ts';
import type { Complaints } from './complaints.ts';
import type { Coordinates } from './coordinates.ts';
import type { ReadServicePort } from './service-ports.ts';

export interface PingDeps {
  readonly pinger: Pinger;
  /** Port of the node's first service; undefined: the kind of ping needs none. */
  readonly readServicePort: ReadServicePort | undefined;
  /** Undefined: `disable_coordinate_updates`. */
  readonly coordinates: Coordinates | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly complaints: Complaints;
}

/** A ping waits no longer than this (behaviour.md section 9). */
const LONGEST_WAIT_MS = 5_000;

/** What a ping told; undefined: it could not be sent, or was ended. */
export interface PingResult {
  readonly isReachable: boolean;
  readonly sentAtMs: number;
  readonly atMs: number;
}

/** The port that `ping_type = "tcp"` connects to: `external-probe-port` of the meta, else the node's first service's. */
const portOf = async (deps: PingDeps, node: ExternalNode, signal: RunSignal): Promise<number | undefined> => {
  const port = Number(node.meta['external-probe-port']);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  if (signal.isAborted) return undefined;
  const asking = new AbortController();
  signal.onAbort = () => {
    asking.abort();
  };
  try {
    return await deps.readServicePort?.(node, asking.signal);
  } finally {
    signal.onAbort = undefined;
  }
};

/** Never rejects. */
export const pingNode = async (
  deps: PingDeps,
  node: ExternalNode,
  intervalMs: number,
  signal: RunSignal,
): Promise<PingResult | undefined> => {
  const isPortNeeded = deps.readServicePort !== undefined;
  const port = isPortNeeded ? await portOf(deps, node, signal).catch(() => undefined) : undefined;
  const sentAtMs = deps.clock.now();
  const target = { address: node.address, port };
  const outcome = await deps.pinger.ping(target, Math.min(LONGEST_WAIT_MS, intervalMs), signal);
  if (signal.isAborted || outcome.type === 'aborted') return undefined;
  if (outcome.type === 'unsent') {
    deps.complaints.unsent('ping', outcome.error);
    return undefined;
  }
  deps.complaints.sent('ping');
  const isReachable = outcome.type === 'answered';
  deps.log.debug(`Node '${node.name}' is ${isReachable ? 'reachable' : 'unreachable'}`);
  if (outcome.type === 'answered') deps.coordinates?.observe(node, outcome.rttMs);
  return { isReachable, sentAtMs, atMs: deps.clock.now() };
};
