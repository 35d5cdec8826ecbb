/** Plans a batch of writes: reads what is not known, decides what needs no sending, groups the rest. */
import type { Rejection, Write } from '../../machines/model.ts';
import { type Group, groupOf, type Open } from './groups.ts';
import { type KnowledgeDeps, lookUp, restedOn } from './knowledge.ts';
import type { Ownership } from './ownership.ts';

export interface Planned {
  readonly groups: readonly Group[];
  /** Writes that have their outcome without being sent; without a rejection what they wish is so already. */
  readonly decided: readonly { readonly open: Open; readonly rejection: Rejection | undefined }[];
}

/** What removals were decided for, kept over all tries of the same write. */
const decidedFor = new WeakMap<Write, Open['stale']>();

/**
 * Takes a write in. A removal was decided for the node or check that was known at its first try: one that stands there under its
 * name later, or was edited meanwhile, is another. A node that was replaced during an outage went in place of its predecessor.
 */
export function openFor(deps: KnowledgeDeps, write: Write): Open {
  const removals = [...write.operations.entries()].filter(([, { type }]) => type.endsWith('.remove'));
  const decided =
    decidedFor.get(write) ?? new Map(removals.map(([place, operation]) => [place, restedOn(operation, deps)]));
  decidedFor.set(write, decided);
  return { write, stale: new Map(decided), rested: new Map() };
}

export async function planAll(
  deps: KnowledgeDeps,
  open: readonly Open[],
  ownership: Ownership,
  signal: AbortSignal,
): Promise<Planned> {
  const inquiries = open.flatMap(({ write, stale }) =>
    write.operations.map((operation, place) => ({ operation, isStale: stale.has(place) })),
  );
  const services = await lookUp(deps, inquiries, signal);
  for (const { write, rested } of open)
    for (const [place, operation] of write.operations.entries()) rested.set(place, restedOn(operation, deps));
  const all = open.map((one) => ({ open: one, grouped: groupOf(one, { services, ...deps }, ownership) }));
  return {
    groups: all.flatMap(({ grouped }) => (grouped.type === 'group' ? [grouped.group] : [])),
    decided: all.flatMap(({ open: one, grouped }) => {
      if (grouped.type === 'group') return [];
      return [{ open: one, rejection: grouped.type === 'rejected' ? grouped.rejection : undefined }];
    }),
  };
}

/** Has every record that the write rests on read again before its next try. */
export function markStale({ stale, rested }: Open): void {
  for (const [place, record] of rested) stale.set(place, record);
}
