/** What may be done to a fleet, its Consul and its targets. Scenarios and random stories do the same things. */
import type { Health } from '../../simulation/world/targets.ts';
import { checkHost, nodeHost, type UserCheck } from '../../simulation/world/users.ts';
import type { Instance } from '../../simulation/world/instance.ts';
import { lockHolderOf } from './facts.ts';
import type { Stage } from './stage.ts';

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

/** What an instance and Consul send each other no longer arrives. */
export const cutOff = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} is cut off from Consul`);
  stage.trouble(`cut ${name}`);
  if (life !== undefined) life.link.weather = 'hole';
};

export const reconnect = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} reaches Consul again`);
  if (life !== undefined) life.link.weather = 'clear';
  stage.settle(`cut ${name}`);
};

/** SIGSTOP. */
export const freeze = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} stands still`);
  stage.trouble(`freeze ${name}`);
  life?.process.pause();
};

/** SIGCONT. */
export const thaw = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} goes on`);
  life?.process.resume();
  stage.settle(`freeze ${name}`);
};

export const start = (stage: Stage, instance: Instance): void => {
  stage.tell(`${instance.name} starts`);
  stage.settle(`death of ${instance.name}`);
  stage.disturb();
  instance.start();
};

/** SIGTERM. */
export const terminate = (stage: Stage, instance: Instance): void => {
  stage.tell(`${instance.name} is asked to stop`);
  stage.disturb();
  instance.stop();
};

/** SIGKILL. What was wrong with it ends with it; its entry stays in Consul until it is back. */
export const kill = (stage: Stage, instance: Instance): void => {
  stage.tell(`${instance.name} is killed`);
  stage.settle(`cut ${instance.name}`);
  stage.settle(`freeze ${instance.name}`);
  stage.trouble(`death of ${instance.name}`);
  instance.kill();
};

const CHECK: Omit<UserCheck, 'editedAtMs'> = {
  checkId: 'http',
  serviceId: 'web',
  name: 'answers',
  notes: '',
  intervalMs: 3_000,
  timeoutMs: 1_000,
  kind: 'HTTP',
  deregisterAfterMs: undefined,
};

/** Registers a node that is pinged, with the check `http` of its service `web`. */
export const putNode = (stage: Stage, node: string, check: Partial<UserCheck> = {}): void => {
  const { users } = stage.world;
  stage.tell(`a user registers node ${node}`);
  users.putNode(node, true);
  users.putCheck(node, { ...CHECK, ...check });
};

/** Registers the check again, with what is changed of it. */
export const editCheck = (stage: Stage, node: string, change: Partial<UserCheck>): void => {
  const { users } = stage.world;
  const known = users.nodes.get(node)?.checks.get(CHECK.checkId);
  stage.tell(`a user edits the check of ${node}: ${JSON.stringify(change)}`);
  users.putCheck(node, { ...CHECK, ...known, ...change });
};

export const editStatus = (stage: Stage, node: string, status: string): void => {
  stage.tell(`a user sets the status of ${node} to ${status}`);
  stage.world.users.editStatus(node, CHECK.checkId, status);
};

/** What the check of the node asks is so from now on. */
export const setTarget = (stage: Stage, node: string, health: Health): void => {
  stage.tell(`the target on ${node} is ${health}`);
  stage.world.targets.at(checkHost(node, CHECK.checkId)).health = health;
};

/** The node answers its pings, or does not. */
export const setNode = (stage: Stage, node: string, isUp: boolean): void => {
  stage.tell(`node ${node} ${isUp ? 'answers' : 'is dead'}`);
  stage.world.targets.at(nodeHost(node)).health = isUp ? 'passing' : 'critical';
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

export const dropNode = (stage: Stage, node: string): void => {
  stage.tell(`a user removes node ${node}`);
  stage.world.users.dropNode(node);
};

export const dropCheck = (stage: Stage, node: string): void => {
  stage.tell(`a user removes the check of ${node}`);
  stage.world.users.dropCheck(node, CHECK.checkId);
};
