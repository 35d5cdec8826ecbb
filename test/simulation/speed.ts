/** How fast virtual time passes: three daemons, thirty nodes with a check each, all of them well. */
import { outsideOfPromises } from './world/drain.ts';
import { World } from './world/world.ts';

const NODES = 30;
const DAEMONS = 3;
const HOUR_MS = 3_600_000;

/** A first hour warms up the compiler, and the next ones count. */
const COUNTED_HOURS = 4;

const populate = (world: World): void => {
  const kind = { serviceId: 's', name: 'c', notes: '', kind: 'HTTP', deregisterAfterMs: undefined } as const;
  for (let index = 0; index < NODES; index += 1) {
    world.users.putNode(`n${index}`, true);
    world.users.putCheck(`n${index}`, { ...kind, checkId: 'c', intervalMs: 10_000, timeoutMs: 5_000 });
  }
  for (const instance of world.fleet) instance.start();
};

const run = (): string => {
  const world = new World(1, DAEMONS, {});
  world.timeline.after(0, () => {
    populate(world);
  });
  const pass = (hours: number): number => {
    const before = process.cpuUsage();
    const endMs = world.timeline.nowMs + hours * HOUR_MS;
    while (world.timeline.step(endMs));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  pass(1);
  const seconds = pass(COUNTED_HOURS);
  for (const instance of world.fleet) instance.kill();
  return `${((COUNTED_HOURS * 60) / seconds).toFixed(1)} virtual hours a minute of processor time`;
};

export const measureSpeed = (): Promise<string> => outsideOfPromises(run);
