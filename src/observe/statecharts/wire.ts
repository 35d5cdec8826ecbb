/**
 * What the daemon tells of its statecharts, and all that it tells: where each actor stands, which event came when, and which
 * transitions it took. Names and ids come from the catalog; outputs, definitions, meta and context never get this far.
 */

/** As XState has it: the state, or the state of each region. */
export type StateValue = string | { readonly [region: string]: StateValue | undefined };

/** An actor that can be watched. */
export interface ActorName {
  /** Tells it from all others of this instance: `leadership`, `node:foo`, `check:...`. Opaque. */
  readonly id: string;
  /** The chart that it follows. */
  readonly chart: string;
  /** What people call it: `leadership`, `foo`, `foo/service:web1`. */
  readonly name: string;
}

/** An actor as it stands; without a value it does not run. */
export interface ActorView extends ActorName {
  readonly value: StateValue | undefined;
}

/** One event that an actor has handled, and what came of it. */
export interface Step {
  /** The actor's id. */
  readonly actor: string;
  /** When, in milliseconds since 1970. */
  readonly atMs: number;
  /** The event's type. */
  readonly event: string;
  /** The transitions taken, as `data-edge` of the picture has them; none: the event changed nothing. */
  readonly edges: readonly string[];
  /** Where the actor stood afterwards; undefined: it has ended. */
  readonly value: StateValue | undefined;
}

/** A message of the event stream. */
export interface Report {
  /** The first of a stream: every actor of the daemon and those that are watched, and the last steps of the latter. */
  readonly isWhole: boolean;
  /** Who has changed since the last report. */
  readonly actors: readonly ActorView[];
  /** What the watched ones have gone through since the last report, oldest first. */
  readonly steps: readonly Step[];
}

/** The answer to a search. */
export interface Findings {
  /** How many there are in all. */
  readonly total: number;
  /** The first of them, nodes and checks. */
  readonly found: readonly ActorView[];
}

/** How many steps of an actor are kept and sent. */
export const MOST_STEPS = 50;
