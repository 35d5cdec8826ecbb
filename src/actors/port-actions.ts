/** What an actor file must hand to a chart: one action for every port, so that a missing one does not compile. */
import type { AnyStateMachine, ContextFrom, EventFrom, StateValue } from 'xstate';
import type { Tag } from '../../machines/rules/uneventful.ts';

/** The running chart, as its effects see it. */
export interface ChartRef<Machine extends AnyStateMachine> {
  send(event: EventFrom<Machine>): void;
  getSnapshot(): ChartSnapshot & { readonly context: ContextFrom<Machine>; hasTag(tag: Tag): boolean };
}

interface ChartSnapshot {
  readonly machine: { readonly id: string };
  readonly status: string;
  readonly value: StateValue;
}

/** False once it was stopped or has thrown: it is told nothing more. */
export const isActive = (actor: { getSnapshot(): { readonly status: string } }): boolean =>
  actor.getSnapshot().status === 'active';

/** The event that an actor system was last sent, and who received it: what it died of, should it die. */
export interface LastEvent {
  readonly type: string;
  readonly actor: { getSnapshot(): ChartSnapshot & { readonly context: object } };
}

/** Sends an event, and notes it where there is a place for the note. */
export const tellNoted = <Event extends { readonly type: string }>(
  system: { lastEvent: LastEvent | undefined } | undefined,
  actor: LastEvent['actor'] & { send(event: Event): void },
  event: Event,
): void => {
  if (system !== undefined) system.lastEvent = { type: event.type, actor };
  actor.send(event);
};

/** `Ports` names the chart's port actions with their params; `undefined`: it takes none. */
export type PortActions<Machine extends AnyStateMachine, Ports> = {
  [Name in keyof Ports]: (
    args: { readonly context: ContextFrom<Machine>; readonly self: ChartRef<Machine> },
    params: Ports[Name] extends undefined ? unknown : Ports[Name],
  ) => void;
};
