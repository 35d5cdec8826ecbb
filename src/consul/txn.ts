/** Takes writes to Consul: what is sent, in which order, and what the answers mean (behaviour.md sections 5 and 7). */
import type { CheckId, Share } from '../../machines/model.ts';
import type { ConsulClient } from './client.ts';
import { Commit } from './commit.ts';
import type { Committer } from './consul.ts';
import type { Keys } from './keys.ts';
import { createProtection } from './protection.ts';
import type { Records } from './records.ts';
import { createShapes } from './shapes.ts';

export interface CommitterOptions {
  readonly client: ConsulClient;
  /** Shared with the catalog, whose watches keep it fresh. */
  readonly records: Records;
  readonly keys: Keys;
  /** The own service, whose list fences removals. */
  readonly serviceId: string;
  /** The own list as last read; undefined: not known, so that nothing is removed. */
  readonly share: () => Share | undefined;
  /** Told of a check that a transaction damaged, with the names of the fields. It is repaired at once. */
  readonly onDamage: (id: CheckId, fields: readonly string[]) => void;
}

export function createCommitter(options: CommitterOptions): Committer {
  const protection = createProtection({ ...options, shapes: createShapes() });
  const deps = { ...options, protection };
  return { commit: (writes, onStaleIndex, signal) => new Commit(deps, onStaleIndex, signal).run(writes) };
}
