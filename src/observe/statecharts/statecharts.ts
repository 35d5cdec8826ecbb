/** What the pages may ask of the running charts; src/statecharts.ts answers. */
import type { ActorView, Findings, Step } from './wire.ts';

/** Follows one actor. */
export interface Sight {
  view(): ActorView;
  /** The last ones, as far back as it was followed, oldest first; 50 at most. */
  steps(): readonly Step[];
  /** Has `listener` called after each further step, until the function returned is called. */
  onStep(listener: (step: Step) => void): () => void;
}

/** Somebody's own sight: the actor is followed while anybody has one. */
export interface WatchedSight extends Sight {
  /** The actor is gone for good; another may bear its id. */
  hasEnded(): boolean;
  release(): void;
}

export interface Statecharts {
  /** The actors that every instance has, running or not; they are followed all the time. */
  readonly daemon: readonly Sight[];
  /** Begins to follow an actor of the daemon, a node or a check; undefined: no such actor runs here. */
  watch(id: string): WatchedSight | undefined;
  /** Nodes and checks of this instance whose name or id holds `text`, in any case. */
  find(text: string): Findings;
}
