/** A failure that matters: its chart, and how each of its events is brought about, and each of its states recognized. */
import type { AnyStateMachine, EventFromLogic, StateValueFrom } from 'xstate';
import type { Setting, Stage } from './stage.ts';

/** Throws when it cannot be done, or does not hold; may let bounded time pass. */
export type Deed = () => void;

export interface Scenario<Chart extends AnyStateMachine = AnyStateMachine> {
  /** What is proved, as a sentence. */
  readonly promise: string;
  /** Flat, without `invoke` and `after`. */
  readonly chart: Chart;
  readonly setting: Setting;
  /** Brings a stage into the chart's initial state. */
  open(stage: Stage): Play<Chart>;
}

/** One run of a scenario. Every state and event of the chart stands here. */
export interface Play<Chart extends AnyStateMachine> {
  readonly states: Readonly<Record<StateName<Chart>, Deed>>;
  readonly events: Readonly<Record<EventFromLogic<Chart>['type'], Deed>>;
}

type StateName<Chart extends AnyStateMachine> = StateValueFrom<Chart> & string;
