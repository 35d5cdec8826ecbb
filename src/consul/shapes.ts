/** What this server's transactions were seen to do to the fields of a definition. */
import type { CatalogDefinition } from '../../machines/model.ts';
import { doubtfulFields } from './definition.ts';

export interface Shapes {
  /** Must a check with this definition be written by `/v1/catalog/register`, lest a transaction erase part of it? */
  mustRegister(definition: CatalogDefinition | undefined): boolean;
  /** The doubtful fields of which nothing was seen yet. */
  unproven(definition: CatalogDefinition | undefined): readonly string[];
  markKept(fields: readonly string[]): void;
  /** Holds for good, and for fields that are thought safe too. */
  markLost(fields: readonly string[]): void;
}

export function createShapes(): Shapes {
  const kept = new Set<string>();
  const lost = new Set<string>();
  return {
    mustRegister: (definition) =>
      doubtfulFields(definition).some((field) => !kept.has(field)) ||
      (lost.size > 0 && Object.keys(definition ?? {}).some((field) => lost.has(field))),
    unproven: (definition) => doubtfulFields(definition).filter((field) => !kept.has(field) && !lost.has(field)),
    markKept: (fields) => {
      for (const field of fields) kept.add(field);
    },
    markLost: (fields) => {
      for (const field of fields) {
        lost.add(field);
        kept.delete(field);
      }
    },
  };
}
