/** What a fleet in order looks like, and who plays which part in it. */
import type { Instance } from '../../simulation/world/instance.ts';
import { askedMs, leadersOf, lockHolderOf, ownersOf, sharesOf } from './facts.ts';
import type { Stage } from './stage.ts';

/** Session TTL, lock delay, and the way of the lists: the take-over bound of a dead instance. */
export const TAKE_OVER_MS = 30_000;

/** An interval of the check, and what it may take. */
export const RUN_MS = 4_500;

export const leaderOf = (stage: Stage): Instance => {
  const [leader, ...others] = leadersOf(stage);
  if (leader === undefined || others.length > 0) throw new Error(`not one leads but ${others.length + 1}`);
  return leader;
};

/** The running instances that do not lead. */
export const followersOf = (stage: Stage): readonly Instance[] =>
  stage.world.running.filter((instance) => !leadersOf(stage).includes(instance));

const nodesOf = ({ world }: Stage): readonly string[] => [...world.users.nodes.keys()];

/** One of those leads, holds the lock, and has shared all nodes out among them, and among nobody else. */
const isInOrder = (stage: Stage, among: readonly Instance[]): boolean => {
  const [leader, ...others] = leadersOf(stage);
  if (leader === undefined || others.length > 0 || !among.includes(leader)) return false;
  const shares = sharesOf(stage);
  const sizes = among.map(({ serviceId }) => shares.get(serviceId) ?? -1);
  const isOwned = (node: string): boolean => {
    const [owner, ...more] = ownersOf(stage, node);
    return more.length === 0 && among.some(({ serviceId }) => serviceId === owner);
  };
  return (
    lockHolderOf(stage) !== undefined &&
    Math.min(...sizes) >= 0 &&
    Math.max(...sizes) - Math.min(...sizes) <= 1 &&
    nodesOf(stage).every(isOwned)
  );
};

export const awaitOrder = (stage: Stage, withinMs: number, among: readonly Instance[] = stage.world.running): void => {
  const names = among.map(({ name }) => name).join(', ');
  stage.await(`one leads, and the nodes are shared among ${names}`, withinMs, () => isInOrder(stage, among));
};

/** Within an interval every check has been run by its owner, and by nobody else from a moment on. */
export const requireRuns = (stage: Stage): void => {
  stage.pass(2_000); // whoever has lost a node knows it by then
  const { nowMs } = stage.world.timeline;
  stage.pass(RUN_MS);
  for (const node of nodesOf(stage).filter((name) => stage.world.checksOf(name).has('http'))) {
    for (const instance of stage.world.fleet) {
      const isOwner = ownersOf(stage, node).includes(instance.serviceId);
      const isRunning = askedMs(stage, instance, node, 'http') > nowMs;
      if (isRunning !== isOwner)
        throw new Error(`${instance.name} ${isOwner ? 'owns' : 'does not own'} ${node}, and runs it: ${isRunning}`);
    }
  }
};
