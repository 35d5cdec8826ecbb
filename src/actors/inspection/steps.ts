/** From what XState tells of an actor system to steps: what may be shown is taken, all the rest is left. */
import type { AnyMachineSnapshot, AnyStateNode, AnyTransitionDefinition, InspectionEvent, Snapshot } from 'xstate';
import { edgeName, transitionsOf } from '../../chart.ts';
import type { Clock } from '../../clock.ts';
import type { StateValue, Step } from '../../observe/statecharts/wire.ts';

export type ActorRef = InspectionEvent['actorRef'];

/** A chart has few edges, and takes them often. None: it is the way into the initial state, which no picture names. */
const names = new WeakMap<AnyTransitionDefinition, readonly string[]>();
const namesOf = (edge: AnyTransitionDefinition): readonly string[] => {
  const known = names.get(edge);
  if (known !== undefined) return known;
  const isOfChart = transitionsOf(edge.source as AnyStateNode).includes(edge); // safe: edges come from state nodes
  const name = isOfChart ? [edgeName(edge)] : [];
  names.set(edge, name);
  return name;
};

/** A step, with the chart whose actor took it. */
export type ChartStep = Omit<Step, 'actor'> & { readonly chart: string };

const isOfChart = (snapshot: Snapshot<unknown>): snapshot is AnyMachineSnapshot => 'machine' in snapshot;

/** Where the actor stands; undefined: it was stopped, or has thrown. */
const valueOf = (snapshot: Snapshot<unknown>): StateValue | undefined => {
  const isThere = snapshot.status === 'active' || snapshot.status === 'done';
  // safe: XState's state values are texts, or records of state values
  return isThere && isOfChart(snapshot) ? (snapshot.value as StateValue) : undefined;
};

/** Where a running actor stands. */
export const standing = (actor: { getSnapshot(): Snapshot<unknown> }): StateValue | undefined =>
  valueOf(actor.getSnapshot());

/** An observer for `system.inspect`. `onStep` is told every step of the actors that `isWanted` lets through. */
export const observeSteps = (
  clock: Clock,
  isWanted: (actor: ActorRef) => boolean,
  onStep: (step: ChartStep) => void,
): ((inspected: InspectionEvent) => void) => {
  /** Of events that are being handled: an actor may send to others meanwhile. */
  const taken = new Map<ActorRef, string[]>();
  return (inspected) => {
    const { type, actorRef } = inspected;
    if ((type !== '@xstate.microstep' && type !== '@xstate.snapshot') || !isWanted(actorRef)) return;
    if (!isOfChart(inspected.snapshot)) return;
    const edges = taken.get(actorRef) ?? [];
    if (type === '@xstate.microstep') {
      taken.set(actorRef, [...edges, ...inspected._transitions.flatMap(namesOf)]);
      return;
    }
    taken.delete(actorRef);
    const { event, snapshot } = inspected;
    onStep({ chart: snapshot.machine.id, atMs: clock.now(), event: event.type, edges, value: valueOf(snapshot) });
  };
};
