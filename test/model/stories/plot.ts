/** What a story itself knows of its world: told by what has happened in it, never read from the daemons. */

/** How many daemons there are, and by which names nodes go. */
export const INSTANCES = 3;
export const NODES = ['db', 'web', 'mail', 'dns'] as const;

export type NodeName = (typeof NODES)[number];

export interface Plot {
  consul: 'well' | 'down' | 'overloaded';
  isLockSeized: boolean;
  /** Daemons by their place in the fleet. */
  readonly running: Set<number>;
  /** Dead, and not back yet. */
  readonly killed: Set<number>;
  readonly cutOff: Set<number>;
  readonly frozen: Set<number>;
  /** Nodes that a user has registered, and not removed; daemons may have. */
  readonly registered: Set<NodeName>;
  readonly dead: Set<NodeName>;
}

/** Two daemons run, two nodes are registered, and all is well. */
export const openingPlot = (): Plot => ({
  consul: 'well',
  isLockSeized: false,
  running: new Set([0, 1]),
  killed: new Set(),
  cutOff: new Set(),
  frozen: new Set(),
  registered: new Set(['db', 'web']),
  dead: new Set(),
});

/** May this daemon be told anything by its supervisor? */
export const isAwake = ({ running, frozen }: Plot, place: number): boolean => running.has(place) && !frozen.has(place);
