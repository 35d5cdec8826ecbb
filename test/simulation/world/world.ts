/** All that there is in a run, but for the story that is told in it. */
import { ConsulServer } from './consul-server.ts';
import { createDice, type Dice } from './dice.ts';
import { createJournal, type Journal } from './journal.ts';
import { Targets } from './targets.ts';
import { Timeline } from './timeline.ts';

/** When every run begins. */
const START_MS = Date.UTC(2024, 0, 1);

export class World {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly server: ConsulServer;
  readonly targets: Targets;
  /** What must never happen and has. */
  readonly troubles: string[] = [];

  constructor(seed: number) {
    this.dice = createDice(seed);
    this.timeline = new Timeline(seed, START_MS);
    this.journal = createJournal(() => this.elapsedMs);
    this.server = new ConsulServer(this.timeline, this.dice.fork('consul'));
    this.targets = new Targets(this.timeline);
  }

  /** Since the run began. */
  get elapsedMs(): number {
    return this.timeline.nowMs - START_MS;
  }
}
