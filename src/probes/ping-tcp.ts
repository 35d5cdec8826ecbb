/** `ping_type = "tcp"`: a connection to a port of the node. */
import type { Clock, Stopwatch } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import { dial } from './dial.ts';
import type { PingOutcome } from './ping.ts';

const NO_PORT = 'the node has no port to connect to: give it a service with a port, or external-probe-port in its meta';

/**
 * Alive is who accepts. A refusal comes from a living kernel, but also from a firewall in front of a dead node, and a node
 * that accepts nothing is of no use to those who look it up.
 */
export const pingByTcp = async (
  addresses: readonly string[],
  port: number | undefined,
  deadline: Deadline,
  clock: Clock,
  stopwatch: Stopwatch,
): Promise<PingOutcome> => {
  if (port === undefined) return { type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', `cannot ping: ${NO_PORT}`) };
  const sentMs = stopwatch();
  const dialled = await dial({ addresses, port }, deadline, clock);
  if (dialled === 'aborted') return { type: 'aborted' };
  if (dialled === 'expired') return { type: 'silent', detail: `no connection to port ${port}` };
  if (dialled.type === 'unsent') return dialled;
  if (dialled.type === 'failed') return { type: 'silent', detail: dialled.fault };
  const rttMs = stopwatch() - sentMs;
  dialled.socket.destroy();
  return { type: 'answered', rttMs };
};
