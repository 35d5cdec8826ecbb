/** The sessions that claims to the lock rest on. */
import type { Fleet } from './fleet.ts';

interface Session {
  readonly ID: string;
  readonly ServiceChecks: readonly { readonly ID: string }[] | null;
}

/** Ids of the sessions that are bound to the TTL check of that instance. */
export async function sessionsOf(fleet: Fleet, instanceId: string): Promise<readonly string[]> {
  const sessions = (await fleet.consul.get('/session/list?consistent')) as readonly Session[]; // safe: what /v1/session/list answers
  const check = `${fleet.serviceId(instanceId)}:agent-ttl`;
  return sessions.filter(({ ServiceChecks }) => ServiceChecks?.[0]?.ID === check).map(({ ID }) => ID);
}
