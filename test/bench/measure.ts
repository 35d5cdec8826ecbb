/** What a benchmark measures, and what it finds. */

/** One number of interest, measured several times. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'µs' | '%' | 'runs' | 'nodes' | 'requests' | 'a second';
  /** What is aimed at, at most; undefined: nothing, the figure only informs. */
  readonly target?: number;
  /** The target is what is aimed at, at least. */
  readonly isFloor?: true;
  /** Does the target hold for the middle of all samples, or for each of them? */
  readonly judgedBy: 'median' | 'worst';
  readonly samples: readonly number[];
}

export interface Measure {
  /** How it is called on the command line. */
  readonly name: string;
  /** What it does, in one line. */
  readonly about: string;
  /** Rejects when it could not measure. `tell` says how far it is. */
  readonly run: (tell: (progress: string) => void) => Promise<readonly Figure[]>;
}
