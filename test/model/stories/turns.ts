/** What may happen in a story, one thing at a time, by the drivers of the scenarios. */
import fc from 'fast-check';
import type { CheckStatus } from '../../../machines/model.ts';
import type { Instance } from '../../simulation/world/instance.ts';
import * as acts from '../drivers/acts.ts';
import type { Stage } from '../drivers/stage.ts';
import { INSTANCES, isAwake, type NodeName, NODES, type Plot } from './plot.ts';

/** A turn of the story; it is left out where it is not possible. */
export interface Turn {
  readonly sentence: string;
  isPossible(plot: Readonly<Plot>): boolean;
  play(stage: Stage, plot: Plot): void;
}

const STATUSES: readonly CheckStatus[] = ['passing', 'warning', 'critical'];

const ofInstance = (
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

const ofNode = (
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

const ofConsul = (
  sentence: string,
  from: Plot['consul'],
  to: Plot['consul'],
  deed: (stage: Stage) => void,
): readonly Turn[] => [
  {
    sentence,
    isPossible: ({ consul }) => consul === from,
    play(stage, plot) {
      deed(stage);
      plot.consul = to;
    },
  },
];

const at = (sentence: string, deed: (stage: Stage) => void): Turn => ({
  sentence,
  isPossible: () => true,
  play: deed,
});

const isKnown = ({ registered }: Readonly<Plot>, node: NodeName): boolean => registered.has(node);

const ceases = (plot: Plot, place: number): void => {
  plot.running.delete(place);
  plot.cutOff.delete(place);
  plot.frozen.delete(place);
};

/** By kind: each kind is as likely as any other, and what stands first is what a story is shortened to. */
const KINDS: readonly (readonly Turn[])[] = [
  [1, 5, 20, 60].map((seconds) =>
    at(`${seconds} s pass`, (stage) => {
      stage.pass(seconds * 1_000);
    }),
  ),
  ofInstance(
    'starts',
    ({ running }, place) => !running.has(place),
    acts.start,
    (plot, place) => {
      plot.running.add(place);
      plot.killed.delete(place);
    },
  ),
  ofInstance('is asked to stop', isAwake, acts.terminate, ceases),
  ofInstance(
    'is killed',
    ({ running }, place) => running.has(place),
    acts.kill,
    (plot, place) => {
      ceases(plot, place);
      plot.killed.add(place);
    },
  ),
  ofInstance(
    'is cut off from Consul',
    (plot, place) => plot.running.has(place) && !plot.cutOff.has(place),
    acts.cutOff,
    ({ cutOff }, place) => {
      cutOff.add(place);
    },
  ),
  ofInstance(
    'reaches Consul again',
    ({ cutOff }, place) => cutOff.has(place),
    acts.reconnect,
    ({ cutOff }, place) => {
      cutOff.delete(place);
    },
  ),
  ofInstance('stands still', isAwake, acts.freeze, ({ frozen }, place) => {
    frozen.add(place);
  }),
  ofInstance(
    'goes on',
    ({ frozen }, place) => frozen.has(place),
    acts.thaw,
    ({ frozen }, place) => {
      frozen.delete(place);
    },
  ),
  ofInstance('is deregistered by a user', isAwake, acts.deregister, () => undefined),
  ofConsul('Consul goes down', 'well', 'down', acts.stopConsul),
  ofConsul('Consul is back', 'down', 'well', acts.startConsul),
  ofConsul('Consul refuses everything', 'well', 'overloaded', acts.overload),
  ofConsul('Consul takes requests again', 'overloaded', 'well', acts.relieve),
  [at('a user destroys all sessions', acts.destroySessions)],
  [
    {
      sentence: 'a stranger takes the lock',
      isPossible: ({ isLockSeized }) => !isLockSeized,
      play(stage, plot) {
        acts.seizeLock(stage);
        plot.isLockSeized = true;
      },
    },
    {
      sentence: 'the stranger gives the lock back',
      isPossible: ({ isLockSeized }) => isLockSeized,
      play(stage, plot) {
        acts.releaseLock(stage);
        plot.isLockSeized = false;
      },
    },
  ],
  STATUSES.flatMap((health) =>
    ofNode(
      (node) => `the target on ${node} is ${health}`,
      isKnown,
      (stage, node) => {
        acts.setTarget(stage, node, health);
      },
    ),
  ),
  ofNode(
    (node) => `node ${node} is dead`,
    ({ dead }, node) => !dead.has(node),
    (stage, node) => {
      acts.setNode(stage, node, false);
    },
    ({ dead }, node) => dead.add(node),
  ),
  ofNode(
    (node) => `node ${node} answers`,
    ({ dead }, node) => dead.has(node),
    (stage, node) => {
      acts.setNode(stage, node, true);
    },
    ({ dead }, node) => dead.delete(node),
  ),
  [undefined, 20_000].flatMap((deregisterAfterMs) =>
    ofNode(
      (node) => `a user registers node ${node}${deregisterAfterMs === undefined ? '' : ' with a deadline'}`,
      () => true,
      (stage, node) => {
        acts.putNode(stage, node, { deregisterAfterMs });
      },
      ({ registered }, node) => registered.add(node),
    ),
  ),
  ofNode(
    (node) => `a user removes node ${node}`,
    isKnown,
    acts.dropNode,
    ({ registered }, node) => registered.delete(node),
  ),
  ofNode((node) => `a user removes the check of ${node}`, isKnown, acts.dropCheck),
  ofNode(
    (node) => `a user edits the notes of ${node}`,
    isKnown,
    (stage, node) => {
      acts.editCheck(stage, node, { notes: `at ${stage.world.elapsedMs}` });
    },
  ),
  STATUSES.flatMap((status) =>
    ofNode(
      (node) => `a user sets the status of ${node} to ${status}`,
      isKnown,
      (stage, node) => {
        acts.editStatus(stage, node, status);
      },
    ),
  ),
];

class TurnCommand implements fc.Command<Plot, Stage> {
  readonly #turn: Turn;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  check(plot: Readonly<Plot>): boolean {
    return this.#turn.isPossible(plot);
  }

  run(plot: Plot, stage: Stage): void {
    this.#turn.play(stage, plot);
  }

  toString(): string {
    return this.#turn.sentence;
  }
}

/** Any turn that may come next. */
export const anyTurn: fc.Arbitrary<fc.Command<Plot, Stage>>[] = KINDS.map((turns) =>
  fc.constantFrom(...turns).map((turn) => new TurnCommand(turn)),
);
