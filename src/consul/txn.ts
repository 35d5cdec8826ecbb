/** Takes writes to Consul: what is sent, in which order, and what the answers mean (behaviour.md sections 5 and 7). */
import type { CheckId, Write } from '../../machines/model.ts';
import { isCrowd } from '../../machines/rules/queue.ts';
import { Commit } from './commit.ts';
import type { Committer } from './consul.ts';
import type { OwnershipDeps } from './ownership.ts';
import { createProtection } from './protection.ts';
import type { Records } from './records.ts';
import { createShapes } from './shapes.ts';

export interface CommitterOptions extends OwnershipDeps {
  /** Shared with the catalog, whose watches keep it fresh. */
  readonly records: Records;
  /** Told of a check that a transaction damaged, with the names of the fields. It is repaired at once. */
  readonly onDamage: (id: CheckId, fields: readonly string[]) => void;
}

/** See {@link Committer.isCrowded}. A crowd's next batch fills for less. */
const CROWDED_MS = 1_000;

export function createCommitter(options: CommitterOptions): Committer {
  const protection = createProtection({ ...options, shapes: createShapes() });
  const deps = { ...options, protection };
  const { clock } = options.client;
  let crowdMs = Number.NEGATIVE_INFINITY;
  const note = (writes: readonly Write[]): void => {
    if (isCrowd(writes)) crowdMs = clock.now();
  };
  return {
    async commit(writes, onStaleIndex, signal, isTakenBack) {
      note(writes);
      try {
        return await new Commit(deps, onStaleIndex, signal, isTakenBack).run(writes);
      } finally {
        note(writes);
      }
    },
    isCrowded: () => clock.now() - crowdMs < CROWDED_MS,
  };
}
