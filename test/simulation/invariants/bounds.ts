/** Timers, actors and queues are bounded, and in calm every write has its answer. */
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

/** 32 connections of the data plane and 8 of the control plane. */
const MOST_REQUESTS = 40;
/** Watches, sessions, beats and their limits. */
const OWN_TIMERS = 100;
/** A node's or check's share of timers: its run, its delays. */
const TIMERS_EACH = 6;
/** Of what was just removed there may be some. */
const WRITES_UNDER_WAY = 20;
/** The longest that a write may be under way in calm. */
const ANSWER_MS = 5_000;

export const bounds = (world: World): Invariant => {
  /** Since when each writer has something to write. */
  const owingSinceMs = new Map<string, number>();
  return {
    sentence: 'Timers, actors and queues are bounded; in calm every write is answered.',
    inspect() {
      const watched = [...world.users.nodes.values()].reduce((sum, { checks }) => sum + 2 + checks.size, 0);
      for (const { name, life } of world.running) {
        const { process, link } = life;
        if (process.timers > OWN_TIMERS + TIMERS_EACH * (watched + world.mostNodes))
          throw new Violation(`${name} has ${process.timers} timers`);
        if (world.isCalm && link.busy > MOST_REQUESTS)
          throw new Violation(`${name} has ${link.busy} requests under way`);
      }
      for (const instance of world.running) {
        const { name, owed } = instance;
        if (owed > WRITES_UNDER_WAY + 2 * (watched + world.mostNodes))
          throw new Violation(`${name} owes ${owed} writes`);
        if (owed === 0 || !world.isCalm) owingSinceMs.delete(name);
        else if (!owingSinceMs.has(name)) owingSinceMs.set(name, world.timeline.nowMs);
        const forMs = world.timeline.nowMs - (owingSinceMs.get(name) ?? world.timeline.nowMs);
        if (forMs > ANSWER_MS) throw new Violation(`${name} has owed ${owed} writes for ${forMs / 1000} s of calm`);
      }
    },
  };
};
