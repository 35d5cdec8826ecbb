/** Runs a chart as its parent would: invoked, on a given clock, with all it tells written down. */
import {
  createActor,
  createMachine,
  type ActorRefFrom,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type InputFrom,
  type InspectionEvent,
} from 'xstate';
import type { Clock } from '../../src/clock.ts';

export interface ChildChart<Machine extends AnyStateMachine> {
  readonly actor: ActorRefFrom<Machine>;
  /** What it told its parent, oldest first, its end (`xstate.done.actor.child`) included. */
  readonly told: readonly AnyEventObject[];
  /** What it emitted, oldest first. */
  readonly emitted: readonly AnyEventObject[];
  /** Its state as XState writes it. */
  readonly state: () => unknown;
  readonly stop: () => void;
}

/** `input` is the chart's own but for `parent` and `newsTo`, which are the recorder. */
export function startChildChart<Machine extends AnyStateMachine>(
  machine: Machine,
  input: Omit<InputFrom<Machine>, 'parent' | 'newsTo'>,
  { clock, inspect }: { clock: Clock; inspect?: (event: InspectionEvent) => void },
): ChildChart<Machine> {
  const told: AnyEventObject[] = [];
  const emitted: AnyEventObject[] = [];
  const parent = createActor(
    createMachine({
      invoke: { id: 'child', src: machine, input: ({ self }) => ({ ...input, parent: self, newsTo: self }) },
      on: { '*': { actions: ({ event }) => told.push(event) } },
    }),
    { clock, ...(inspect === undefined ? {} : { inspect }) },
  );
  const child = parent.getSnapshot().children['child']!;
  child.on('*', (event: AnyEventObject) => {
    emitted.push(event);
  });
  parent.start();
  return {
    actor: child as ActorRefFrom<Machine>, // safe: `child` runs just that machine
    told,
    emitted,
    state: (): unknown => (child.getSnapshot() as AnyMachineSnapshot).value, // safe: a machine's snapshot
    stop: () => {
      parent.stop();
    },
  };
}
