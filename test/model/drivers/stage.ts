/** Where scenarios are played: real daemons and the embedded Consul on a virtual clock, and the invariants looking on. */
import { invariantsOf } from '../../simulation/invariants/index.ts';
import type { Settings } from '../../simulation/world/instance.ts';
import { World } from '../../simulation/world/world.ts';

export interface Setting {
  /** How many daemons there are; none runs yet. */
  readonly instances: number;
  readonly settings?: Settings;
  /** Of all dice. @default 1 */
  readonly seed?: number;
}

/** How often a condition is looked at, and how often the invariants look. */
const GLANCE_MS = 50;
const LOOK_MS = 1_000;

/** More nodes than any scenario has. */
const MOST_NODES = 10;

export class Stage implements Disposable {
  readonly world: World;
  /** What was done so far, a sentence each. */
  readonly story: string[] = [];
  /** What is wrong until somebody ends it, by name. */
  readonly #lasting = new Set<string>();
  readonly #onRejection: (reason: unknown) => void;

  constructor({ instances, settings = {}, seed = 1 }: Setting) {
    const world = new World(seed, instances, settings);
    this.world = world;
    world.mostNodes = MOST_NODES;
    this.#onRejection = (reason) => {
      world.troubles.push(`an unhandled rejection: ${String(reason)}`);
    };
    process.on('unhandledRejection', this.#onRejection);
    this.#watch();
  }

  /** Whatever is told here can be read where the run fails. */
  tell(sentence: string): void {
    this.story.push(sentence);
    this.world.journal.note('story', sentence);
  }

  /** Something is wrong for a moment: no invariant of calm holds until the take-over bound has passed. */
  disturb(): void {
    this.world.disturb(0);
  }

  /** Something is wrong until {@link settle} is called with its name. */
  trouble(name: string): void {
    this.#lasting.add(name);
    this.disturb();
  }

  settle(name: string): void {
    if (this.#lasting.delete(name)) this.disturb();
  }

  /** Lets virtual time pass. Throws when an invariant is broken meanwhile. */
  pass(durationMs: number): void {
    const { timeline } = this.world;
    const endMs = timeline.nowMs + durationMs;
    while (timeline.step(endMs));
  }

  /** Lets time pass until it is so. Throws, telling what was awaited, when it is not within the bound. */
  await(what: string, withinMs: number, isSo: () => boolean): void {
    for (let waitedMs = 0; !isSo(); waitedMs += GLANCE_MS) {
      if (waitedMs >= withinMs) throw new Error(`it does not come true within ${withinMs / 1000} s: ${what}`);
      this.pass(GLANCE_MS);
    }
  }

  /** Lets the whole time pass. Throws when it is not so for a moment of it. */
  keep(what: string, forMs: number, isSo: () => boolean): void {
    for (let keptMs = 0; keptMs <= forMs; keptMs += GLANCE_MS) {
      if (!isSo()) throw new Error(`it does not stay true for ${forMs / 1000} s: ${what}`);
      this.pass(GLANCE_MS);
    }
  }

  [Symbol.dispose](): void {
    process.off('unhandledRejection', this.#onRejection);
    for (const instance of this.world.fleet) instance.kill();
  }

  #watch(): void {
    const { server, timeline } = this.world;
    const invariants = invariantsOf(this.world);
    for (const invariant of invariants) server.observe(invariant);
    const look = (): void => {
      if (this.#lasting.size > 0 || this.world.running.length === 0) this.disturb();
      for (const invariant of invariants) invariant.inspect?.();
      timeline.after(LOOK_MS, look);
    };
    timeline.after(LOOK_MS, look);
  }
}
