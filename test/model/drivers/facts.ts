/** What can be seen of a fleet from outside: the catalog, KV, who leads, who asks whom, and what the log says. */
import { lists, lockHolder } from '../../simulation/world/kv.ts';
import { checkHost, nodeHost } from '../../simulation/world/users.ts';
import type { Instance } from '../../simulation/world/instance.ts';
import type { Stage } from './stage.ts';

export const statusOf = ({ world }: Stage, node: string, checkId: string): string | undefined =>
  world.checksOf(node).get(checkId)?.Status;

/** A node's own status: what pings say of it. */
export const nodeStatusOf = (stage: Stage, node: string): string | undefined =>
  statusOf(stage, node, 'externalNodeHealth');

export const isInCatalog = ({ world }: Stage, node: string): boolean => world.createIndexOf(node) !== undefined;

/** Does KV hold the key, below the daemons' folder? */
export const isInKv = ({ world }: Stage, key: string): boolean =>
  world.server.read(`/kv/consul-esm/${key}`) !== undefined;

/** Those who think that they lead, but for those who stand still and cannot think. */
export const leadersOf = ({ world }: Stage): readonly Instance[] =>
  world.running.filter(({ isLeader, life }) => isLeader && !life.process.isPaused);

export const lockHolderOf = ({ world }: Stage): string | undefined => lockHolder(world.server);

/** The service ids whose lists hold the node. */
export const ownersOf = ({ world }: Stage, node: string): readonly string[] => world.ownership.ownersOf(node);

/** How many nodes each instance has, by service id. */
export const sharesOf = ({ world }: Stage): ReadonlyMap<string, number> =>
  new Map([...lists(world.server)].map(([id, { nodes }]) => [id, new Set(nodes).size]));

/** When the instance last asked the check's target; 0: never. */
export const askedMs = ({ world }: Stage, by: Instance, node: string, checkId: string): number =>
  world.targets.at(checkHost(node, checkId)).visits.get(by.name)?.sentAtMs ?? 0;

/** When the instance last pinged the node; 0: never. */
export const pingedMs = ({ world }: Stage, by: Instance, node: string): number =>
  world.targets.at(nodeHost(node)).visits.get(by.name)?.sentAtMs ?? 0;

/** How often an instance has logged it. */
export const timesLogged = ({ world }: Stage, by: Instance, text: string): number =>
  world.journal.lines.filter((line) => line.includes(` ${by.name} `) && line.includes(text)).length;

/** Does the daemon hold that Consul answers? */
export const isConsulReachable = ({ life }: Instance): boolean =>
  life?.daemon?.actor.getSnapshot().matches({ serving: { consul: 'reachable' } }) ?? false;
