/** A turn of a story: one thing that happens, by the drivers of the scenarios. */
import type { Instance } from '../../simulation/world/instance.ts';
import type { Stage } from '../drivers/stage.ts';
import { INSTANCES, type NodeName, NODES, type Plot } from './plot.ts';

export interface Turn {
  readonly sentence: string;
  /** It is left out where it is not. */
  isPossible(plot: Readonly<Plot>): boolean;
  play(stage: Stage, plot: Plot): void;
}

/** The same turn with each daemon. */
export const ofInstance = (
  verb: string,
  isPossible: (plot: Readonly<Plot>, place: number) => boolean,
  deed: (stage: Stage, instance: Instance) => void,
  change: (plot: Plot, place: number) => void,
): readonly Turn[] =>
  Array.from({ length: INSTANCES }, (_, place) => ({
    sentence: `esm${place + 1} ${verb}`,
    isPossible: (plot) => isPossible(plot, place),
    play(stage, plot) {
      deed(stage, stage.world.fleet[place]!);
      change(plot, place);
    },
  }));

/** The same turn with each node. */
export const ofNode = (
  sentence: (node: NodeName) => string,
  isPossible: (plot: Readonly<Plot>, node: NodeName) => boolean,
  deed: (stage: Stage, node: NodeName) => void,
  change: (plot: Plot, node: NodeName) => void = () => undefined,
): readonly Turn[] =>
  NODES.map((node) => ({
    sentence: sentence(node),
    isPossible: (plot) => isPossible(plot, node),
    play(stage, plot) {
      deed(stage, node);
      change(plot, node);
    },
  }));

/** A turn that is possible at any time, and that the plot takes no note of. */
export const anyTime = (sentence: string, deed: (stage: Stage) => void): Turn => ({
  sentence,
  isPossible: () => true,
  play: deed,
});
