/** Plans a batch of writes: reads what is not known, decides what needs no sending, groups the rest. */
import type { Rejection } from '../../machines/model.ts';
import type { Facts } from './facts.ts';
import { type Group, groupOf, type Open } from './groups.ts';
import { type KnowledgeDeps, lookUp, restedOn } from './knowledge.ts';
import type { Ownership } from './ownership.ts';

export interface Planned {
  readonly groups: readonly Group[];
  /** Writes that have their outcome without being sent; without a rejection what they wish is so already. */
  readonly decided: readonly { readonly open: Open; readonly rejection: Rejection | undefined }[];
  /** What removals rest on. */
  readonly services: Facts['services'];
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
  const all = open.map((one) => ({ open: one, grouped: groupOf(one, { ...deps, services }, ownership) }));
  return {
    services,
    groups: all.flatMap(({ grouped }) => (grouped.type === 'group' ? [grouped.group] : [])),
    decided: all.flatMap(({ open: one, grouped }) => {
      if (grouped.type === 'group') return [];
      return [{ open: one, rejection: grouped.type === 'rejected' ? grouped.rejection : undefined }];
    }),
  };
}

/** Has every record that the write rests on read again before its next try. */
export function markStale({ records }: KnowledgeDeps, { write, stale }: Open, services: Facts['services']): void {
  for (const [place, operation] of write.operations.entries()) stale.set(place, restedOn(operation, records, services));
}
