/** What this server's transactions were seen to do to the fields of a definition. */
import type { CatalogDefinition } from '../../machines/model.ts';
import { doubtfulFields } from './definition.ts';

export interface Shapes {
  /** Must a check with this definition be written by `/v1/catalog/register`, lest a transaction erase part of it? */
  mustRegister(definition: CatalogDefinition | undefined): boolean;
  /** The doubtful fields of a definition that nobody has asked about yet; asking counts. */
  askAbout(definition: CatalogDefinition | undefined): readonly string[];
  markKept(fields: readonly string[]): void;
  /** Holds for good, and for fields that are thought safe too. */
  markLost(fields: readonly string[]): void;
}

export function createShapes(): Shapes {
  const kept = new Set<string>();
  const lost = new Set<string>();
  const asked = new Set<string>();
  return {
    mustRegister: (definition) =>
      doubtfulFields(definition).some((field) => !kept.has(field)) ||
      (lost.size > 0 && Object.keys(definition ?? {}).some((field) => lost.has(field))),
    askAbout: (definition) => {
      const fields = doubtfulFields(definition).filter((field) => !kept.has(field) && !asked.has(field));
      for (const field of fields) asked.add(field);
      return fields;
    },
    markKept: (fields) => {
      for (const field of fields) if (!lost.has(field)) kept.add(field);
    },
    markLost: (fields) => {
      for (const field of fields) {
        lost.add(field);
        kept.delete(field);
      }
    },
  };
}
