/** What a client says to the agent, made into what the agent keeps. */
import type { Said, ServiceRecord } from './records.ts';
import { Refusal } from './request.ts';
import type { SaidAgentCheck, SaidAgentService } from './agent-shapes.ts';

export function agentServiceFrom(said: SaidAgentService): Said<ServiceRecord> {
  const { Name, Tags, Address, Meta, Port, Weights, EnableTagOverride } = said;
  const place = { Address, Port };
  return {
    ID: said.ID || Name,
    Service: Name,
    Tags: Tags ?? [],
    Address,
    ...(Address === '' ? {} : { TaggedAddresses: { lan_ipv4: place, wan_ipv4: place } }),
    Meta: Object.keys(Meta ?? {}).length === 0 ? null : Meta,
    Port,
    Weights: Weights ?? { Passing: 1, Warning: 1 },
    EnableTagOverride,
    Proxy: { MeshGateway: {}, Expose: {} },
    Connect: {},
  };
}

/** The checks of a service with their ids and names. Throws 400 for one that cannot be run. */
export function checkIdsOf({ Name, Check, Checks }: SaidAgentService, id: string): readonly SaidAgentCheck[] {
  const checks = [...(Check === undefined ? [] : [Check]), ...(Checks ?? [])];
  return checks.map((check, at) => ({
    ...check,
    CheckID: check.CheckID || (checks.length === 1 ? `service:${id}` : `service:${id}:${at + 1}`),
    Name: check.Name || `Service '${Name}' check`,
  }));
}

const STATUSES = ['', 'passing', 'warning', 'critical'];

/** Throws 400 for a service that the agent does not take. */
export function requireSoundService({ Name, Check, Checks }: SaidAgentService): void {
  if (Name === '') throw new Refusal(400, 'Missing service name');
  for (const check of [Check, ...(Checks ?? [])]) if (check !== undefined) requireSoundCheck(check);
}

/** Throws 400 for a check that cannot be run. */
export function requireSoundCheck({ Status, TTL = 0 }: SaidAgentCheck): void {
  if (!STATUSES.includes(Status)) throw new Refusal(400, "Status for checks must 'passing', 'warning', 'critical'");
  if (TTL <= 0) throw new Refusal(400, 'Invalid check: TTL must be > 0 for TTL checks');
}
