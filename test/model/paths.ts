/** The paths of a scenario's chart, and how one of them is played. */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { type AdjacencyValue, createTestModel } from 'xstate/graph';
import type { Deed, Scenario } from './drivers/scenario.ts';
import { Stage } from './drivers/stage.ts';

/** One event, and the state that it leads to. */
export interface Step {
  readonly event: string;
  /** The state before, with its context. */
  readonly from: string;
  /** The state's name. */
  readonly to: string;
}

export interface Path {
  /** Its events, in order. */
  readonly title: string;
  readonly start: string;
  readonly steps: readonly Step[];
}

const nameOf = ({ value }: AnyMachineSnapshot): string => {
  if (typeof value !== 'string') throw new Error(`a scenario's chart is flat: ${JSON.stringify(value)}`);
  return value;
};

/** The state's name, and its context if it has one. */
const labelOf = (snapshot: AnyMachineSnapshot): string => {
  const context = Object.entries(snapshot.context as object).map(([name, value]) => `${name} ${value}`); // safe: contexts are objects
  return [nameOf(snapshot), ...context].join(', ');
};

/** What was reached and how: XState itself takes two ways back into one state, and all that stay there, for one. */
const arrival = (_: unknown, event: { readonly type: string } | undefined, before?: AnyMachineSnapshot): string =>
  event === undefined || before === undefined ? '' : ` by ${event.type} from ${labelOf(before)}`;

const pathOf = (
  steps: readonly { readonly event: { readonly type: string }; readonly state: AnyMachineSnapshot }[],
): Path => {
  const [first, ...rest] = steps;
  const states = steps.map(({ state }) => state);
  return {
    title: rest.map(({ event }) => event.type).join(', '),
    start: nameOf(first!.state),
    steps: rest.map(({ event, state }, place) => ({
      event: event.type,
      from: labelOf(states[place]!),
      to: nameOf(state),
    })),
  };
};

/** The shortest paths through every transition, none of them the beginning of another. Throws on `invoke` and `after`. */
export const pathsOf = (chart: AnyStateMachine): readonly Path[] =>
  createTestModel(chart, { serializeTransition: arrival })
    .getShortestPaths()
    .map(({ steps }) => pathOf(steps));

/** Every event in every state that knows it, as `state: event`. */
export const pairsOf = (chart: AnyStateMachine): readonly string[] => {
  const map = createTestModel(chart, { serializeTransition: () => '' }).getAdjacencyMap();
  const states: readonly AdjacencyValue<AnyMachineSnapshot, EventObject>[] = Object.values(map);
  const pairs = states.flatMap(({ state, transitions }) => {
    const taken: readonly { readonly event: EventObject }[] = Object.values(transitions);
    return taken.map(({ event }) => `${labelOf(state)}: ${event.type}`);
  });
  return pairs.sort();
};

const deedOf = (deeds: Readonly<Record<string, Deed>>, kind: string, name: string): Deed => {
  const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (deed === undefined) throw new Error(`nothing is said of the ${kind} ${name}`);
  return deed;
};

/** Plays a path from the curtain on. Returns the pairs it has run; throws what does not hold, with the story so far. */
export const play = (scenario: Scenario, { start, steps }: Path): readonly string[] => {
  using stage = new Stage(scenario.setting);
  try {
    const { states, events } = scenario.open(stage);
    deedOf(states, 'state', start)();
    return steps.map(({ event, from, to }) => {
      stage.tell(`${event}: ${from} -> ${to}`);
      deedOf(events, 'event', event)();
      deedOf(states, 'state', to)();
      return `${from}: ${event}`;
    });
  } catch (error) {
    throw told(stage, error);
  }
};

/** The error, with all that led to it. */
export const told = ({ story, world }: Stage, error: unknown): Error => {
  const what = error instanceof Error ? error.message : String(error);
  return new Error([what, '', ...story, '', ...world.journal.lines].join('\n'), { cause: error });
};
