/** Any turn that may come next, as a command of fast-check. */
import fc from 'fast-check';
import type { Stage } from '../drivers/stage.ts';
import { lockTurns, outageTurns } from './consul-turns.ts';
import { lifeTurns, networkTurns, pauseTurns } from './instance-turns.ts';
import { catalogTurns, editTurns, nodeTurns, targetTurns } from './node-turns.ts';
import type { Plot } from './plot.ts';
import { anyTime, type Turn } from './turn.ts';

const timeTurns = [1, 5, 20, 60].map((seconds) =>
  anyTime(`${seconds} s pass`, (stage) => {
    stage.pass(seconds * 1_000);
  }),
);

/** Each kind is as likely as any other; what stands first in it is what a story is shortened to. */
const KINDS: readonly (readonly Turn[])[] = [
  ...[timeTurns, timeTurns, timeTurns],
  ...[targetTurns, targetTurns, nodeTurns],
  ...[networkTurns, networkTurns, pauseTurns, lifeTurns],
  ...[outageTurns, lockTurns, catalogTurns, editTurns],
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

export const anyTurn = KINDS.map((turns) => fc.constantFrom(...turns).map((turn) => new TurnCommand(turn)));
