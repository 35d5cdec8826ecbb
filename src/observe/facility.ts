/** Syslog's facilities and severities (RFC 3164, section 4.1.1). */
import { EsmError } from '../errors.ts';
import type { LogLevel } from './log.ts';

/** Every facility that `syslog_facility` may name, beside its number. */
export const FACILITIES = {
  KERN: 0,
  USER: 1,
  MAIL: 2,
  DAEMON: 3,
  AUTH: 4,
  SYSLOG: 5,
  LPR: 6,
  NEWS: 7,
  UUCP: 8,
  CRON: 9,
  AUTHPRIV: 10,
  FTP: 11,
  LOCAL0: 16,
  LOCAL1: 17,
  LOCAL2: 18,
  LOCAL3: 19,
  LOCAL4: 20,
  LOCAL5: 21,
  LOCAL6: 22,
  LOCAL7: 23,
} as const;

export type Facility = keyof typeof FACILITIES;

const isFacility = (name: string): name is Facility => Object.hasOwn(FACILITIES, name);

/** Reads a facility's name in any case; empty means LOCAL0. Throws `ESM_CONFIG_INVALID` with the names that are allowed. */
export function parseFacility(name: string): Facility {
  const upper = name === '' ? 'LOCAL0' : name.toUpperCase();
  if (isFacility(upper)) return upper;
  throw new EsmError(
    'ESM_CONFIG_INVALID',
    `syslog_facility "${name}" is not known: use one of ${Object.keys(FACILITIES).join(', ')}`,
  );
}

const SEVERITY: Record<LogLevel, number> = { TRACE: 7, DEBUG: 7, INFO: 6, WARN: 4, ERROR: 3 };

/** The number in front of a syslog message. */
export const priority = (facility: Facility, level: LogLevel): number => FACILITIES[facility] * 8 + SEVERITY[level];
