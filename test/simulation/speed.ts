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
  const pass = (hours: number): { readonly reckonedMs: number; readonly passedMs: number } => {
    const [before, beforeMs] = [process.cpuUsage(), performance.now()];
    const endMs = world.timeline.nowMs + hours * HOUR_MS;
    while (world.timeline.step(endMs));
    const { user, system } = process.cpuUsage(before);
    return { reckonedMs: (user + system) / 1000, passedMs: performance.now() - beforeMs };
  };
  pass(1);
  const { reckonedMs, passedMs } = pass(COUNTED_HOURS);
  for (const instance of world.fleet) instance.kill();
  const hoursPerMinute = (ms: number): string => ((COUNTED_HOURS * 60_000) / ms).toFixed(1);
  return `virtual hours a minute: ${hoursPerMinute(reckonedMs)} of processor time, ${hoursPerMinute(passedMs)} of real time`;
};

export const measureSpeed = (): Promise<string> => outsideOfPromises(run);
