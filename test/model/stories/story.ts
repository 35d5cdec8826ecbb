/** A story: a fleet in order, whatever turns there are, and an end in which all must come right. */
import fc from 'fast-check';
import type { Settings } from '../../simulation/world/instance.ts';
import * as acts from '../drivers/acts.ts';
import { isInKv, nodeStatusOf } from '../drivers/facts.ts';
import { awaitOrder, requireRuns, TAKE_OVER_MS } from '../drivers/fleet.ts';
import { Stage } from '../drivers/stage.ts';
import { told } from '../paths.ts';
import { INSTANCES, openingPlot, type Plot } from './plot.ts';

export interface Prologue {
  /** Of all dice but those that choose the turns. */
  readonly seed: number;
  readonly settings: Settings;
}

export const anyPrologue: fc.Arbitrary<Prologue> = fc.noShrink(
  fc.record({
    seed: fc.nat(),
    settings: fc.record({
      criticalThreshold: fc.constantFrom(0, 1),
      checkUpdateIntervalMs: fc.constantFrom(0, 5_000),
      nodeProbeIntervalMs: fc.constant(4_000),
      nodeReconnectTimeoutMs: fc.constantFrom(20_000, 259_200_000),
    }),
  }),
);

/** In the calm after the last trouble the invariants look at everything. */
const CALM_MS = 30_000;

/** Plays it from the first scene to the calm at its end. Throws with the whole story when something does not hold. */
export const tellStory = ({ seed, settings }: Prologue, turns: Iterable<fc.Command<Plot, Stage>>): void => {
  using stage = new Stage({ instances: INSTANCES, seed, settings });
  const plot = openingPlot();
  try {
    begin(stage, plot);
    fc.modelRun(() => ({ model: plot, real: stage }), turns);
    end(stage, plot);
  } catch (error) {
    throw told(stage, error);
  }
};

const begin = (stage: Stage, { registered, running }: Plot): void => {
  for (const node of registered) acts.putNode(stage, node);
  for (const place of running) acts.start(stage, stage.world.fleet[place]!);
  awaitOrder(stage, TAKE_OVER_MS);
};

/** Everything that is wrong is mended, and all must be right within the take-over bound. */
const end = (stage: Stage, { consul, isLockSeized, running, killed }: Plot): void => {
  if (consul === 'down') acts.startConsul(stage);
  if (consul === 'overloaded') acts.relieve(stage);
  if (isLockSeized) acts.releaseLock(stage);
  for (const instance of stage.world.fleet) {
    if (instance.life?.process.isPaused === true) acts.thaw(stage, instance);
    if (instance.life?.link.weather === 'hole') acts.reconnect(stage, instance);
  }
  if (running.size + killed.size === 0) acts.start(stage, stage.world.fleet[0]!);
  for (const place of killed) acts.start(stage, stage.world.fleet[place]!);
  stage.pass(TAKE_OVER_MS + CALM_MS);
  awaitOrder(stage, 0);
  requireRuns(stage);
  requireForgiven(stage);
};

/** No time is kept of a failure that is over. */
const requireForgiven = (stage: Stage): void => {
  for (const node of stage.world.users.nodes.keys())
    if (nodeStatusOf(stage, node) === 'passing' && isInKv(stage, `probes/${node}`))
      throw new Error(`${node} answers, and KV keeps the time since when it has not`);
};
