/** What an actor of the daemon's system leaves behind when it dies: its last words for the log, and orphans. */
import type { ActorLogic, AnyActorLogic, AnyStateMachine, EventObject, Snapshot } from 'xstate';
import { stopOrphans } from './actors/orphans.ts';

export interface PostMortem {
  /** The state it died in; undefined: it was no chart. */
  readonly state: unknown;
  /** The event that it died of. */
  readonly event: string | undefined;
}

/** To be called once an actor of that id has died: tells what it died of, and stops its orphans. */
export type Examine = (id: string) => PostMortem;

interface Life {
  readonly ref: { getSnapshot(): Snapshot<unknown> };
  /** The one that it died of, or its first. */
  readonly event: string;
}

type SomeLogic = ActorLogic<Snapshot<unknown>, EventObject>;

const isMachine = (logic: AnyActorLogic): logic is AnyStateMachine => 'provide' in logic;

/** The logic of its own, and of all actors beneath, noting in `lives` who is born and what kills. */
const followed = <Logic extends AnyActorLogic>(logic: Logic, lives: Map<string, Life>): Logic => {
  // safe: XState alone calls it, and hands it its own snapshots and events
  const copy = (isMachine(logic) ? withFollowedActors(logic, lives) : { ...logic }) as SomeLogic;
  const { getInitialSnapshot, transition } = copy;
  copy.getInitialSnapshot = (scope, input) => {
    lives.set(scope.id, { ref: scope.self, event: 'xstate.init' });
    return getInitialSnapshot(scope, input);
  };
  copy.transition = (snapshot, event, scope) => {
    const noteDeath = (): void => void lives.set(scope.id, { ref: scope.self, event: event.type });
    try {
      const next = transition(snapshot, event, scope);
      if (next.status === 'error') noteDeath();
      return next;
    } catch (error) {
      noteDeath();
      throw error;
    }
  };
  return copy as Logic; // safe: a copy that does the same
};

const withFollowedActors = (machine: AnyStateMachine, lives: Map<string, Life>): AnyStateMachine => {
  const actors = Object.entries(machine.implementations.actors as Record<string, AnyActorLogic>); // safe: charts name logic alone
  return machine.provide({ actors: Object.fromEntries(actors.map(([name, logic]) => [name, followed(logic, lives)])) });
};

/**
 * The chart, such that whatever actor dies in its system can be examined. XState's inspection would tell as much, of every event and
 * every step, for the one that kills.
 */
export const followActors = <Machine extends AnyStateMachine>(
  daemon: Machine,
): { readonly machine: Machine; readonly examine: Examine } => {
  const lives = new Map<string, Life>();
  const examine: Examine = (id) => {
    const life = lives.get(id);
    if (life === undefined) return { state: undefined, event: undefined };
    const snapshot = life.ref.getSnapshot();
    stopOrphans(snapshot);
    return { state: 'value' in snapshot ? snapshot.value : undefined, event: life.event };
  };
  return { machine: followed(daemon, lives), examine };
};
