/** How a chart speaks of a failed effect: in data, so that it can be told, counted and shown. */

/** A failure by its stable code and its sentence. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** What every chart that talks to Consul tells its parent, so that the daemon chart alone knows of outages. */
export type ConsulNews = { readonly type: 'consul.failed' } & Trouble;

/** An actor ended in an error that nobody foresaw; it is started anew after a back-off. */
export interface ActorFailed extends Trouble {
  readonly type: 'actor.failed';
  readonly actor: string;
}

/** Reads code and message of whatever an effect threw; what bears no code is `ESM_UNEXPECTED`. */
export function troubleOf(error: unknown): Trouble {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'ESM_UNEXPECTED';
  return { code, message };
}

/** Did a try end in a refusal for want of a permission? `failure` is an event that bears its `error`, or bears none. */
export const isForbidden = (failure: object): boolean =>
  'error' in failure && troubleOf(failure.error).code === 'ESM_CONSUL_FORBIDDEN';
