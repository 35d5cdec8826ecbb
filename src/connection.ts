/** Everything the daemon needs of Consul, made from one configuration. */
import type { Share } from '../machines/model.ts';
import { checkLabel } from './actors/check.ts';
import type { Clock, Random } from './clock.ts';
import type { Config } from './config/config.ts';
import { createCatalog } from './consul/catalog.ts';
import { createConsul, type ConsulClient, type Planes } from './consul/client.ts';
import type { Catalog, Committer, Fleet, Lock, Registrar } from './consul/consul.ts';
import { createFleet } from './consul/fleet.ts';
import { createKeys } from './consul/keys.ts';
import { createLock } from './consul/lock.ts';
import { createRecords } from './consul/records.ts';
import { createAgentRegistrar } from './consul/registrar.ts';
import { createCommitter } from './consul/txn.ts';
import type { Log } from './observe/log.ts';
import { consulAccess } from './settings.ts';

export interface ConnectionDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** The configuration in force. */
  readonly config: () => Config;
  /** The own list as last read. */
  readonly share: () => Share | undefined;
  /** What requests to Consul travel by; undefined: HTTP. */
  readonly planes: Planes | undefined;
}

export interface Connection {
  readonly client: ConsulClient;
  readonly registrar: Registrar;
  readonly lock: Lock;
  readonly fleet: Fleet;
  readonly catalog: Catalog;
  readonly committer: Committer;
}

/** Nothing is sent yet. Rejects with `ESM_CONFIG_INVALID` when TLS files are no good. */
export const connect = async ({ log, clock, random, config, share, planes }: ConnectionDeps): Promise<Connection> => {
  const { kvPath, leaderKey, ...settings } = config();
  const client = await createConsul({
    ...consulAccess(config()),
    clock,
    random,
    ...(planes === undefined ? {} : { planes }),
  });
  const keys = createKeys({ kvPath, leaderKey });
  const records = createRecords();
  const service = settings.consulService;
  const tag = settings.consulServiceTag;
  const registrar = createAgentRegistrar({ client, service, tag, instanceId: settings.instanceId });
  const { serviceId } = registrar;
  const fleet = createFleet({ client, keys, service, tag });
  const committer = createCommitter({
    client,
    records,
    keys,
    serviceId,
    share,
    fleet,
    onDamage: (id, fields) => {
      log.error(`Consul dropped fields of check '${checkLabel(id)}' in a transaction; they were put back`, {
        fields,
      });
    },
  });
  return {
    client,
    registrar,
    lock: createLock({ client, keys, serviceId }),
    fleet,
    catalog: createCatalog({
      client,
      records,
      keys,
      serviceId,
      nodeMeta: () => config().externalNodeMeta,
      isStaleAllowed: false,
      isCrowded: () => committer.isCrowded(),
    }),
    committer,
  };
};
