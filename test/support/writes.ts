/** Writes for tests of the writer, told apart by id and subject alone. */
import type { Write } from '../../machines/model.ts';

/** `operations`: how many it holds. */
export const aWrite = (id: string, subject = id, operations = 1, isFenced = false): Write => ({
  id,
  subject,
  isFenced,
  operations: Array.from({ length: operations }, () => ({ type: 'failingSince.clear', node: subject })),
});
