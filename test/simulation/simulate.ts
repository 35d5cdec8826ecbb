/** One run: all that a seed holds, from the first event to the end of the calm. */
import { invariantsOf } from './invariants/index.ts';
import { type Invariant, Violation } from './invariants/invariant.ts';
import { scenarioOf } from './story/scenario.ts';
import { LENGTH_MS, tell } from './story/story.ts';
import { createDice } from './world/dice.ts';
import { outsideOfPromises } from './world/drain.ts';
import { World } from './world/world.ts';

export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  /** What happened, a line an event. */
  readonly lines: readonly string[];
  /** Undefined: all held. */
  readonly failure: Failure | undefined;
}

export interface Failure {
  /** The sentence that was broken, or `unexpected` for an error of the run itself. */
  readonly sentence: string;
  readonly detail: string;
}

/** A violation, with the sentence that it breaks. */
class Broken extends Error {
  readonly sentence: string;

  constructor(sentence: string, violation: Violation) {
    super(violation.message);
    this.sentence = sentence;
  }
}

const LOOK_MS = 1_000;

/** Runs a seed; never rejects. */
export const simulate = (seed: number): Promise<Outcome> => outsideOfPromises(() => run(seed));

const run = (seed: number): Outcome => {
  const scenario = scenarioOf(createDice(seed).fork('scenario'));
  const world = new World(seed, scenario.instances, scenario.settings);
  world.journal.note('seed', `${seed}: ${JSON.stringify(scenario)}`);
  const onRejection = (reason: unknown): void => {
    world.troubles.push(`an unhandled rejection: ${String(reason)}`);
  };
  process.on('unhandledRejection', onRejection);
  let failure: Failure | undefined;
  try {
    play(world, () => {
      tell(world, scenario);
    });
  } catch (error) {
    failure = failureOf(error);
    world.journal.note('FAILURE', `step ${world.timeline.steps}: ${failure.sentence} ${failure.detail}`);
  } finally {
    process.off('unhandledRejection', onRejection);
    for (const instance of world.fleet) instance.kill();
  }
  return { seed, steps: world.timeline.steps, lines: world.journal.lines, failure };
};

const failureOf = (error: unknown): Failure => {
  if (error instanceof Broken) return { sentence: error.sentence, detail: error.message };
  return { sentence: 'unexpected', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
};

/** The invariant, its violations bearing its sentence. */
const named = (invariant: Invariant): Required<Omit<Invariant, 'sentence'>> => {
  const judging = (judge: () => void): void => {
    try {
      judge();
    } catch (error) {
      throw error instanceof Violation ? new Broken(invariant.sentence, error) : error;
    }
  };
  return {
    beforeWrite(from, request) {
      judging(() => invariant.beforeWrite?.(from, request));
    },
    afterWrite(exchange) {
      judging(() => invariant.afterWrite?.(exchange));
    },
    inspect() {
      judging(() => invariant.inspect?.());
    },
  };
};

const play = (world: World, begin: () => void): void => {
  const invariants = invariantsOf(world).map(named);
  for (const invariant of invariants) world.server.observe(invariant);
  const look = (): void => {
    for (const invariant of invariants) invariant.inspect();
    world.timeline.after(LOOK_MS, look);
  };
  world.timeline.after(0, begin);
  world.timeline.after(LOOK_MS, look);
  const endMs = world.timeline.nowMs + LENGTH_MS;
  while (world.timeline.step(endMs));
};
