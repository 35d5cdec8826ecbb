/** What may be done to nodes and targets, and to what users say of them. */
import type { Health } from '../../../simulation/world/targets.ts';
import { checkHost, nodeHost, type UserCheck } from '../../../simulation/world/users.ts';
import type { Stage } from '../stage.ts';

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

export const dropNode = (stage: Stage, node: string): void => {
  stage.tell(`a user removes node ${node}`);
  stage.world.users.dropNode(node);
};

export const dropCheck = (stage: Stage, node: string): void => {
  stage.tell(`a user removes the check of ${node}`);
  stage.world.users.dropCheck(node, CHECK.checkId);
};
