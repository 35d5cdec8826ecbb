/** Which definitions survive a check operation of `/v1/txn`, where servers copy a fixed list of fields and erase the rest. */
import { isDeepStrictEqual } from 'node:util';
import type { CatalogDefinition, CheckRecord } from '../../machines/model.ts';

/** What every server since 1.4.1 copies (behaviour.md section 5). */
const SAFE_FIELDS: ReadonlySet<string> = new Set([
  'HTTP',
  'TLSSkipVerify',
  'Header',
  'Method',
  'Body',
  'TCP',
  'Interval',
  'Timeout',
  'DeregisterCriticalServiceAfter',
]);

/** The fields that say something, and that not every server is known to copy. */
export const doubtfulFields = (definition: CatalogDefinition = {}): readonly string[] =>
  Object.keys(definition).filter((field) => !SAFE_FIELDS.has(field) && !isZero(definition[field]));

/**
 * What a write has cost the check, by name of the field: `echo` is the check as Consul holds it after `sent`. `Type` is the
 * server's own, and so are the tags of a service's check: every write copies those that the service bears by then.
 */
export function damageOf(sent: CheckRecord, echo: CheckRecord): readonly string[] {
  return [
    ...(sent.definition === echo.definition ? [] : lostFields(sent.definition, echo.definition)),
    ...(sent.notes === echo.notes ? [] : ['Notes']),
    ...(sent.id.serviceId !== '' || isDeepStrictEqual(sent.serviceTags, echo.serviceTags) ? [] : ['ServiceTags']),
  ];
}

const lostFields = (before: CatalogDefinition = {}, after: CatalogDefinition = {}): readonly string[] =>
  Object.keys(before).filter((field) => !isZero(before[field]) && !isDeepStrictEqual(before[field], after[field]));

/** Newer servers list every field, the ones that nobody set too. */
const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === '' ||
  value === '0s' ||
  value === 0 ||
  (typeof value === 'object' && Object.keys(value).length === 0);
