/** The Consul that `consul-esm dev` works with, whichever it is. */
import type { Config } from '../config/config.ts';
import type { ExampleNames } from './example.ts';

export interface DevConsul extends AsyncDisposable {
  /** Tells it from others, for the terminal. */
  readonly about: string;
  /** The daemon's. Its `httpAddr` is this Consul. */
  readonly config: Config;
  /** What the example is called there. */
  readonly names: ExampleNames;
}
