/** Plans a batch of writes: reads what is not known, decides what needs no sending, groups the rest. */
import type { Rejection, Write, WriteOperation } from '../../machines/model.ts';
import { type Footings, type Group, groupOf, type Open } from './groups.ts';
import { type KnowledgeDeps, lookUp, restedOn } from './knowledge.ts';
import type { Ownership } from './ownership.ts';

export interface Planned {
  readonly groups: readonly Group[];
  /** Writes that have their outcome without being sent; without a rejection what they wish is so already. */
  readonly decided: readonly { readonly open: Open; readonly rejection: Rejection | undefined }[];
}

/** What removals were decided for, kept over all tries of the same write. */
const decidedFor = new WeakMap<Write, Footings>();

const isRemoval = ({ type }: WriteOperation): boolean => type.endsWith('.remove');

/**
 * Takes a write in. A removal was decided for the node or check that was known at its first try: one that stands there under its
 * name later, or was edited meanwhile, is another. A node that was replaced during an outage went in place of its predecessor.
 */
export function openFor(deps: KnowledgeDeps, write: Write): Open {
  if (!write.operations.some(isRemoval)) return { write, stale: [], rested: [] };
  const decided =
    decidedFor.get(write) ??
    write.operations.map((operation) => (isRemoval(operation) ? restedOn(operation, deps) : undefined));
  decidedFor.set(write, decided);
  return { write, stale: decided, rested: [] };
}

export async function planAll(
  deps: KnowledgeDeps,
  open: readonly Open[],
  ownership: Ownership,
  signal: AbortSignal,
): Promise<Planned> {
  const inquiries = open.flatMap(({ write, stale }) =>
    write.operations.map((operation, place) => ({ operation, isStale: stale[place] !== undefined })),
  );
  const services = await lookUp(deps, inquiries, signal);
  const known = { services, ...deps };
  const planned: { groups: Group[]; decided: Planned['decided'][number][] } = { groups: [], decided: [] };
  for (const one of open) {
    one.rested = one.write.operations.map((operation) => restedOn(operation, deps));
    const grouped = groupOf(one, known, ownership);
    if (grouped.type === 'group') planned.groups.push(grouped.group);
    else planned.decided.push({ open: one, rejection: grouped.type === 'rejected' ? grouped.rejection : undefined });
  }
  return planned;
}

/** Has every record that the write rests on read again before its next try. */
export function markStale(open: Open): void {
  open.stale = open.rested;
}
