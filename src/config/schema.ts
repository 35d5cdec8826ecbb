/**
 * Every key of the configuration, once: type, default, bound, variable, meaning. Parsing, checking, merging, reloading, the
 * `Config` type and docs/configuration.md all follow from it; a new key is one entry in one of the groups.
 */
import { CONSUL_KEYS } from './schema/consul.ts';
import { INSTANCE_KEYS } from './schema/instance.ts';
import type { Key, Keys } from './schema/key.ts';
import { LOG_KEYS } from './schema/log.ts';
import { PROBING_KEYS } from './schema/probing.ts';
import { SURFACE_KEYS } from './schema/surface.ts';
import { TARGET_KEYS } from './schema/targets.ts';

/** The groups as the documentation shows them. */
export const GROUPS = {
  Consul: CONSUL_KEYS,
  'This instance': INSTANCE_KEYS,
  'Nodes and checks': PROBING_KEYS,
  'TLS of the checks': TARGET_KEYS,
  Log: LOG_KEYS,
  'HTTP surface and metrics': SURFACE_KEYS,
} as const satisfies Readonly<Record<string, Keys>>;

const PROPERTIES = {
  ...CONSUL_KEYS,
  ...INSTANCE_KEYS,
  ...PROBING_KEYS,
  ...TARGET_KEYS,
  ...LOG_KEYS,
  ...SURFACE_KEYS,
} as const;

/** JSON Schema of one configuration file. */
export const SCHEMA = { type: 'object', additionalProperties: false, properties: PROPERTIES } as const;

/** The name of a key. */
export type KeyName = keyof typeof PROPERTIES;

/** The schema's entry of every key, in the order of the groups. */
export const KEYS = Object.entries(PROPERTIES) as readonly (readonly [KeyName, Key])[]; // safe: entries of that very object

/** The schema's entry of a key. */
export const keyOf = (name: KeyName): Key => PROPERTIES[name];
