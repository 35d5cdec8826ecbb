/** What is written beside a status: Consul's own wording, so that the two cannot be told apart. */
import type { CheckStatus } from '../../machines/model.ts';
import type { ProbeOutcome } from './probe.ts';

/** The longest output: 4 KiB of the target's, and room for a line in front. */
const LONGEST_OUTPUT = 5_120;

/** A result with its output, cut should an absurd URL have made it long. */
export const measured = (status: CheckStatus, output: string, rttMs?: number): ProbeOutcome => {
  const kept = output.length > LONGEST_OUTPUT ? output.slice(0, LONGEST_OUTPUT) : output;
  return rttMs === undefined
    ? { type: 'measured', status, output: kept }
    : { type: 'measured', status, output: kept, rttMs };
};

/** How Go's client begins an error: `Get "http://h/p": `. */
export const httpError = (method: string, url: string, fault: string): string =>
  `${method.charAt(0).toUpperCase()}${method.slice(1).toLowerCase()} ${JSON.stringify(url)}: ${fault}`;

/** What Go's client says when its time is over, behind where it went. */
export const HTTP_EXPIRED = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/** Consul's line for an answer, whatever its status. */
export const httpAnswer = (method: string, url: string, status: string, body: string): string =>
  `HTTP ${method} ${url}: ${status} Output: ${body}`;

/** Consul's line for a connection that stood. */
export const tcpSuccess = (address: string): string => `TCP connect ${address}: Success`;
