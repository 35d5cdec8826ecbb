/** The daemon's own entry in agent mode: a service of the local agent with a TTL check. */
import { asObject, asString } from './answer.ts';
import type { ConsulClient } from './client.ts';
import type { RegistrationState, Registrar } from './consul.ts';
import { isUnknownToAgent, refusal, requireOk } from './errors.ts';
import type { ControlCall } from './control.ts';

export interface RegistrarOptions {
  readonly client: ConsulClient;
  /** `consul_service`. */
  readonly service: string;
  /** `consul_service_tag`; empty: no tag. */
  readonly tag: string;
  readonly instanceId: string;
}

/**
 * How long an instance may be silent. A killed one is critical 15 s after its last beat at the latest, and with the lock delay
 * of 1 s and the grace of 3 s (machines/rules/members.ts) its work is taken up within 20 s, under the 25 s aimed at. One that
 * pauses for 5 s just after it should have beaten has been silent for 10 s, and stays: Go's 30 s would be safe too, and too slow.
 */
const TTL_S = 15;

/** A third of the TTL: one beat may fail, or an election take its time, before anything is lost. */
const BEAT_MS = (TTL_S * 1000) / 3;

/** For an instance that never comes back under its id. */
const DEREGISTER_AFTER = '30m';

/** The id of the TTL check of a service. The session of the lock is bound to it. */
export const ttlCheckId = (serviceId: string): string => `${serviceId}:agent-ttl`;

export function createAgentRegistrar({ client, service, tag, instanceId }: RegistrarOptions): Registrar {
  const serviceId = `${service}:${instanceId}`;
  const checkId = ttlCheckId(serviceId);
  const call = async (what: string, run: ControlCall, signal: AbortSignal): Promise<unknown> => {
    const answer = await client.control(what, run, signal);
    requireOk(what, answer);
    return answer.value;
  };
  const pass: ControlCall = (consul, options) => consul.agent.check.pass({ id: checkId, ...options });
  return {
    serviceId,
    beatMs: BEAT_MS,
    async lookUp(signal) {
      const checks = await call(
        'reading the checks of the agent',
        (consul, options) => consul.agent.checks(options),
        signal,
      );
      const check = asObject(asObject(checks)?.[checkId]);
      if (check !== undefined) return stateOf(asString(check['Status']));
      const services = await call(
        'reading the services of the agent',
        (consul, options) => consul.agent.services(options),
        signal,
      );
      return asObject(services)?.[serviceId] === undefined ? 'absent' : 'critical';
    },
    async register(signal) {
      const entry = registration(service, serviceId, tag);
      await call('registering', (consul, options) => consul.agent.service.register({ ...options, ...entry }), signal);
      await call('passing the TTL check', pass, signal);
    },
    async beat(signal) {
      const what = 'passing the TTL check';
      const answer = await client.control(what, pass, signal, BEAT_MS);
      if (isUnknownToAgent(answer)) return false;
      requireOk(what, answer);
      return true;
    },
    async deregister(signal) {
      const what = 'deregistering';
      const run: ControlCall = (consul, options) => consul.agent.service.deregister({ id: serviceId, ...options });
      const answer = await client.control(what, run, signal);
      if (answer.status !== 200 && !isUnknownToAgent(answer)) throw refusal(what, answer);
    },
  };
}

const registration = (name: string, id: string, tag: string) => ({
  id,
  name,
  ...(tag === '' ? {} : { tags: [tag] }),
  meta: { 'external-source': 'consul-esm' },
  check: {
    checkid: ttlCheckId(id),
    name: 'Consul External Service Monitor Alive',
    ttl: `${TTL_S}s`,
    status: 'passing',
    timeout: '', // the package's type demands it, and leaves it out of a TTL check
    deregistercriticalserviceafter: DEREGISTER_AFTER,
  },
});

const stateOf = (status: string): RegistrationState => (status === 'passing' ? 'passing' : 'critical');
