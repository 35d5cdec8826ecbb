/** What must hold in every run, whatever happens in it. */
import type { Witness } from '../world/consul-server.ts';

/** Ends the run: something does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface Invariant extends Witness {
  /** In the words of the contract. */
  readonly sentence: string;
  /** Looks at all there is, each virtual second. Throws a {@link Violation}. */
  inspect?(): void;
}
