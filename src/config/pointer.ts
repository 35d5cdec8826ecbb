/** Paths into a document: JSON pointers for ajv, dotted for people. */

/** The pointer to `key` of what `parent` points to. */
export const pointerTo = (parent: string, key: string): string =>
  `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** A pointer as people write paths: `telemetry.prefix_filter.0`. */
export const dotted = (pointer: string): string =>
  pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
