/** What may befall a fleet and its Consul. Each fault ends by itself, within the time it is given. */
import type { Mood } from '../world/consul-server.ts';
import type { Instance } from '../world/instance.ts';
import type { World } from '../world/world.ts';

/** Without a victim there may be nobody to do it to. */
type Fault = (world: World, victim: Instance | undefined, durationMs: number) => void;

const later = (world: World, afterMs: number, fn: () => void): void => {
  world.timeline.after(afterMs, fn);
};

const onLink =
  (weather: 'hole' | 'slow'): Fault =>
  (world, victim, durationMs) => {
    const link = victim?.life?.link;
    if (link === undefined) return;
    link.weather = weather;
    later(world, durationMs, () => {
      link.weather = 'clear';
    });
  };

const inMood =
  (mood: Mood): Fault =>
  (world, _, durationMs) => {
    world.server.mood = mood;
    later(world, durationMs, () => {
      world.server.mood = 'well';
    });
  };

/** Consul's process goes, and every connection with it. */
const stopConsul = (world: World): void => {
  world.server.goDown();
  for (const { life } of world.running) life.link.reset();
};

const byHand = (world: World, path: string, method = 'PUT'): void => {
  world.journal.note('user', `${method} ${path}`);
  world.server.write(path, '', method);
};

export const FAULTS = {
  kill(world, victim, durationMs) {
    victim?.kill();
    later(world, durationMs, () => victim?.start());
  },
  terminate(world, victim, durationMs) {
    victim?.stop();
    later(world, durationMs, () => victim?.start());
  },
  pause(world, victim, durationMs) {
    const process = victim?.life?.process;
    process?.pause();
    later(world, durationMs, () => process?.resume());
  },
  hole: onLink('hole'),
  slowness: onLink('slow'),
  reset(_, victim) {
    victim?.life?.link.reset();
  },
  outage(world, _, durationMs) {
    stopConsul(world);
    later(world, durationMs, () => {
      world.server.comeUp();
    });
  },
  amnesia(world, _, durationMs) {
    stopConsul(world);
    later(world, durationMs / 2, () => {
      world.users.loseAll();
      world.server.forgetAll();
      world.server.comeUp();
    });
    later(world, durationMs, () => {
      world.users.restore();
    });
  },
  leaderless: inMood('leaderless'),
  busy: inMood('busy'),
  revocation: inMood('forbidding'),
  lockTaken(world) {
    byHand(world, '/kv/consul-esm/lock', 'DELETE');
  },
  listDeleted(world, victim) {
    if (victim !== undefined) byHand(world, `/kv/consul-esm/agents/${encodeURIComponent(victim.serviceId)}`, 'DELETE');
  },
  deregistered(world, victim) {
    if (victim !== undefined) byHand(world, `/agent/service/deregister/${encodeURIComponent(victim.serviceId)}`);
  },
  sessionDestroyed(world) {
    for (const { ID } of (world.server.read('/session/list') ?? []) as readonly { readonly ID: string }[])
      byHand(world, `/session/destroy/${ID}`);
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;
