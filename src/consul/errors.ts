/**
 * What goes wrong with Consul, in the program's codes. The only file that looks at the text of Consul's messages; each
 * text was seen on 1.8.7 or stands in the source of a later one.
 */
import { EsmError } from '../errors.ts';
import { type Answer, excerptOf } from './answer.ts';

/** No usable answer: refused, reset, timed out, cut off. The request may have taken effect all the same. */
export function lostAnswer(what: string, address: string, cause: unknown): EsmError {
  return new EsmError('ESM_CONSUL_UNAVAILABLE', `${what}: no answer from Consul at ${address}: ${reasonOf(cause)}`, {
    cause,
  });
}

/** Throws what an answer other than 200 means; see {@link refusal}. */
export function requireOk(what: string, answer: Answer, permission = ''): void {
  if (answer.status !== 200) throw refusal(what, answer, permission);
}

/**
 * What an answer other than 200 means: no permission, no Consul in good health, or a request that it will never take.
 * `permission` is told where the token lacks it and Consul, older than 1.12, does not say so itself.
 */
export function refusal(what: string, answer: Answer, permission = ''): EsmError {
  const text = `${what}: ${answer.status} ${excerptOf(answer)}`.trim();
  if (answer.status === 403 || isPermissionDenied(excerptOf(answer))) {
    const isNamed = permission === '' || /lacks permission|Missing \w+:/.test(text);
    return new EsmError('ESM_CONSUL_FORBIDDEN', isNamed ? text : `${text} (the token needs ${permission})`);
  }
  if (answer.status === 429 || answer.status >= 500) return new EsmError('ESM_CONSUL_UNAVAILABLE', text);
  return new EsmError('ESM_CONSUL_REFUSED', text);
}

/** Is it of no use to try the same again, as far as this one request goes? */
export const isFinal = (error: unknown): error is EsmError =>
  error instanceof EsmError && (error.code === 'ESM_CONSUL_REFUSED' || error.code === 'ESM_CONSUL_FORBIDDEN');

/** Adds the permission that a call needs to the message of a 403. Consul names it itself only since 1.12. */
export function namePermission(error: unknown, permission: string): unknown {
  if (!(error instanceof EsmError) || error.code !== 'ESM_CONSUL_FORBIDDEN') return error;
  return new EsmError(error.code, `${error.message} (the token needs ${permission})`, { cause: error });
}

/** Of an operation in a transaction: the record is not the one that the operation expects. */
export const isStale = (text: string): boolean => text.includes('index is stale') || text.includes('already exists');

/** Of an operation in a transaction: the lock is not held by that session. */
export const isFailedSessionFence = (text: string): boolean =>
  text.includes('failed session check') || text.includes('failed to check session');

/** Of an operation in a transaction: the key is not at that index, or is there though it was to be absent. */
export const isFailedIndexFence = (text: string): boolean =>
  text.includes('failed index check') || text.includes('failed to check index') || /^key ".*" exists$/.test(text);

/** Of an operation or a registration: node, service or check is not in the catalog. */
export const isMissing = (text: string): boolean =>
  text.includes("doesn't exist") ||
  text.includes('Missing node registration') ||
  text.includes('Missing service registration');

/** Does the token lack the permission? Of an operation or of a whole request. */
export const isPermissionDenied = (text: string): boolean =>
  /permission denied/i.test(text) || text.includes('ACL not found');

/** Does the agent know no such service or check? 1.8.7 says so with 500, newer ones with 404. */
export const isUnknownToAgent = (answer: Answer): boolean =>
  answer.status === 404 ||
  (answer.status === 500 && /does not have associated TTL|unknown (check|service)/i.test(excerptOf(answer)));

/** Is the session dead, or was it never there? */
export const isUnknownSession = (answer: Answer): boolean =>
  answer.status === 404 || (answer.status === 500 && excerptOf(answer).includes('invalid session'));

/** Can no session be made on the own check: it is critical, or not in the catalog yet? Passing it again helps. */
export const isUnfitForSession = (answer: Answer): boolean =>
  answer.status === 500 && /critical state|Missing check/.test(excerptOf(answer));

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return reasonOf(cause.errors[0]);
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
}
