/** Every code an {@link EsmError} can bear, beside what it means. The prefix tells which area refused. */
export type EsmErrorCode =
  /** The command line is not understood. Exit 11. */
  | 'ESM_FLAGS_INVALID'
  /** The configuration is not valid; the message names file, line, key path, what was found and what is allowed. Exit 11. */
  | 'ESM_CONFIG_INVALID'
  /** This Consul is too old or lacks what the daemon needs. Exit 12. */
  | 'ESM_CONSUL_UNSUPPORTED'
  /** Another living instance bears this service id. Exit 13. */
  | 'ESM_ALREADY_REGISTERED'
  /** Consul gave no usable answer: connection refused, reset, timed out, 429, 5xx, or not JSON. Worth trying again. */
  | 'ESM_CONSUL_UNAVAILABLE'
  /** Consul refused for lack of permission (403); the message names the permission when Consul does. */
  | 'ESM_CONSUL_FORBIDDEN'
  /** Consul refused the request itself (other 4xx): trying the same again is useless. */
  | 'ESM_CONSUL_REFUSED'
  /** A probe could not be sent for a reason that lies with this machine; the message names the remedy. */
  | 'ESM_PROBE_UNSENT'
  /** A failure nobody foresaw. Exit 1. */
  | 'ESM_UNEXPECTED';

/** The one error class of the program: a stable code for machines, a sentence for people, and the cause beneath. */
export class EsmError extends Error {
  readonly code: EsmErrorCode;

  constructor(code: EsmErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EsmError';
    this.code = code;
  }
}

/** The process's exit code for a failure (behaviour.md section 1): 10 to 19 are refusals, 1 is unexpected. */
export const exitCodeOf = (code: EsmErrorCode): number => {
  switch (code) {
    case 'ESM_FLAGS_INVALID':
    case 'ESM_CONFIG_INVALID':
      return 11;
    case 'ESM_CONSUL_UNSUPPORTED':
      return 12;
    case 'ESM_ALREADY_REGISTERED':
      return 13;
    case 'ESM_CONSUL_UNAVAILABLE':
    case 'ESM_CONSUL_FORBIDDEN':
    case 'ESM_CONSUL_REFUSED':
    case 'ESM_PROBE_UNSENT':
    case 'ESM_UNEXPECTED':
      return 1;
  }
};
