/** The JSON line: `@timestamp`, `@level` (in lower case) and `@message` beside the fields, as the Go ESM's log_json gives. */
import { pino } from 'pino';
import { plainFields } from './fields.ts';
import type { LogLevel } from './log.ts';
import type { Render } from './sink.ts';

const PINO_LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

const digits = (n: number, width: number): string => String(n).padStart(width, '0');

/** RFC 3339 in local time with its offset: `2017-10-31T21:59:41.042+01:00`. */
function localRfc3339(nowMs: number): string {
  const offsetMin = -new Date(nowMs).getTimezoneOffset();
  const wall = new Date(nowMs + offsetMin * 60_000).toISOString().slice(0, -1);
  const distance = Math.abs(offsetMin);
  return `${wall}${offsetMin < 0 ? '-' : '+'}${digits(Math.floor(distance / 60), 2)}:${digits(distance % 60, 2)}`;
}

/** Makes JSON lines. Times are local, to the millisecond, with their offset. */
export function jsonLines(): Render {
  let written = '';
  const logger = pino(
    {
      level: 'trace',
      base: null,
      timestamp: false,
      messageKey: '@message',
      formatters: { level: (label) => ({ '@level': label }) },
    },
    { write: (line) => (written = line) },
  );
  return (level, nowMs, message, fields) => {
    logger[PINO_LEVEL[level]]({ '@timestamp': localRfc3339(nowMs), ...plainFields(fields) }, message);
    return { level, stamp: '', body: written.trimEnd() };
  };
}
