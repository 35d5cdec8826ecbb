/** What the catalog says of a check again and again is held once. Stands where answers are read, before anybody remembers them. */
import { isDeepStrictEqual } from 'node:util';
import type { CheckRecord } from '../../machines/model.ts';

const same = <Part>(known: Part, now: Part): Part => (isDeepStrictEqual(known, now) ? known : now);

/**
 * The record, each part of which that equals the known one's is the very same: of a check that changes nearly all stays as it was. The known
 * record itself, when all of it is so.
 */
export const sharing = (known: CheckRecord | undefined, record: CheckRecord): CheckRecord => {
  if (known?.key !== record.key) return record;
  const shared: CheckRecord = {
    id: known.id, // the key says all of it
    key: known.key,
    name: same(known.name, record.name),
    status: same(known.status, record.status),
    output: same(known.output, record.output),
    notes: same(known.notes, record.notes),
    serviceName: same(known.serviceName, record.serviceName),
    serviceTags: same(known.serviceTags, record.serviceTags),
    definition: same(known.definition, record.definition),
    createIndex: record.createIndex,
    modifyIndex: record.modifyIndex,
  };
  return same(known, shared);
};
