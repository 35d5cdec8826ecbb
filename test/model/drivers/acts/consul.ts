/** What may be done to Consul, and to what the fleet keeps there for itself. */
import type { Instance } from '../../../simulation/world/instance.ts';
import { lockHolderOf } from '../facts.ts';
import type { Stage } from '../stage.ts';

/** Consul's process goes, and every connection with it. */
export const stopConsul = (stage: Stage): void => {
  const { server, running } = stage.world;
  stage.tell('Consul goes down');
  stage.trouble('outage');
  server.goDown();
  for (const { life } of running) life.link.reset();
};

/** It comes up with all that it knew. */
export const startConsul = (stage: Stage): void => {
  stage.tell('Consul is back');
  stage.world.server.comeUp();
  stage.settle('outage');
};

/** Consul answers nothing but 429. */
export const overload = (stage: Stage): void => {
  stage.tell('Consul refuses everything');
  stage.trouble('overload');
  stage.world.server.mood = 'busy';
};

export const relieve = (stage: Stage): void => {
  stage.tell('Consul takes requests again');
  stage.world.server.mood = 'well';
  stage.settle('overload');
};

/** Deletes a key below the daemons' folder. */
export const takeAway = (stage: Stage, key: string): void => {
  stage.tell(`a user deletes the key ${key}`);
  stage.disturb();
  stage.world.server.write(`/kv/consul-esm/${key}`, '', 'DELETE');
};

/** Takes an instance's entry out of the agent. */
export const deregister = (stage: Stage, { name, serviceId }: Instance): void => {
  stage.tell(`a user deregisters ${name}`);
  stage.disturb();
  stage.world.server.write(`/agent/service/deregister/${encodeURIComponent(serviceId)}`, '');
};

interface Session {
  readonly ID: string;
  readonly Name: string;
}

const sessions = ({ world }: Stage): readonly Session[] =>
  (world.server.read('/session/list') ?? []) as readonly Session[]; // safe: what the endpoint answers

/** Who holds the lock and is no instance. */
const STRANGER = 'stranger';

/** The sessions of all instances. */
export const destroySessions = (stage: Stage): void => {
  stage.tell('a user destroys the sessions of all instances');
  stage.disturb();
  for (const { ID, Name } of sessions(stage))
    if (Name !== STRANGER) stage.world.server.write(`/session/destroy/${ID}`, '');
};

/** The delay after a session was lost, and some. */
const LOCK_DELAY_MS = 2_000;

/** Somebody who is no instance takes the lock, whoever holds it, once its delay is over. */
export const seizeLock = (stage: Stage): void => {
  const { server } = stage.world;
  stage.tell('a stranger takes the lock');
  stage.trouble(STRANGER);
  server.write('/session/create', { Name: STRANGER, LockDelay: '0s' });
  const session = sessions(stage).find(({ Name }) => Name === STRANGER)?.ID;
  stage.await('the stranger has the lock', LOCK_DELAY_MS, () => {
    seizeBy(stage, session);
    return lockHolderOf(stage) === session;
  });
};

const seizeBy = ({ world }: Stage, Session: string | undefined): void => {
  const Key = 'consul-esm/lock';
  try {
    world.server.write('/txn', [{ KV: { Verb: 'delete', Key } }, { KV: { Verb: 'lock', Key, Value: '', Session } }]);
  } catch {
    // Its delay runs.
  }
};

export const releaseLock = (stage: Stage): void => {
  stage.tell('the stranger gives the lock back');
  for (const { ID, Name } of sessions(stage))
    if (Name === STRANGER) stage.world.server.write(`/session/destroy/${ID}`, '');
  stage.settle(STRANGER);
};
