/** What a seed makes of a run before it begins: how many there are, how they are set, and what may befall them. */
import type { Dice } from '../world/dice.ts';
import type { Settings } from '../world/instance.ts';
import { EDITS, type EditName } from './edits.ts';
import { FAULTS, type FaultName } from './faults.ts';

export interface Scenario {
  readonly instances: number;
  readonly nodes: number;
  readonly settings: Settings;
  /** Some of all that can happen: what happens seldom beside everything else is often alone. */
  readonly faults: readonly FaultName[];
  readonly edits: readonly EditName[];
  /** The mean time between two of a kind, in milliseconds; Infinity: never. */
  readonly faultEveryMs: number;
  readonly editEveryMs: number;
  readonly changeEveryMs: number;
}

const someOf = <T>(dice: Dice, all: readonly T[]): readonly T[] => {
  const share = dice.pick([0.15, 0.4, 0.8]);
  return all.filter(() => dice.chance(share));
};

export const scenarioOf = (dice: Dice): Scenario => ({
  instances: dice.between(1, 4),
  nodes: dice.chance(0.1) ? dice.between(10, 30) : dice.between(1, 6),
  settings: {
    passingThreshold: dice.pick([0, 0, 1, 3]),
    criticalThreshold: dice.pick([0, 0, 1, 3]),
    checkUpdateIntervalMs: dice.pick([0, 5_000, 60_000]),
    nodeReconnectTimeoutMs: dice.pick([15_000, 40_000, 90_000]),
    nodeProbeIntervalMs: dice.pick([4_000, 10_000]),
    nodeHealthRefreshIntervalMs: dice.pick([60_000, 3_600_000]),
    disableCoordinateUpdates: dice.chance(0.5),
  },
  // safe: the keys of those very objects
  faults: someOf(dice, Object.keys(FAULTS) as FaultName[]),
  edits: someOf(dice, Object.keys(EDITS) as EditName[]),
  faultEveryMs: dice.pick([8_000, 25_000, 60_000, Infinity]),
  editEveryMs: dice.pick([4_000, 15_000, 60_000]),
  changeEveryMs: dice.pick([5_000, 15_000, 30_000]),
});
