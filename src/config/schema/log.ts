import type { Keys } from './key.ts';

/** What the daemon tells, and where. */
export const LOG_KEYS = {
  log_level: {
    type: 'string',
    enum: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'],
    default: 'INFO',
    reload: true,
    description: 'The least level that is logged, in any case. `ERR` is read as `ERROR`.',
  },
  log_json: {
    type: 'boolean',
    default: false,
    later: true,
    description: 'One JSON object a line instead of text.',
  },
  log_file: {
    type: 'string',
    default: '',
    later: true,
    description: 'A file that receives the log as well.',
  },
  log_rotate_bytes: {
    type: 'integer',
    minimum: 0,
    default: 0,
    later: true,
    description: 'The log file is rotated when it has grown to this many bytes; 0: never.',
  },
  log_rotate_duration: {
    type: 'string',
    format: 'duration',
    atLeast: '0s',
    default: '0s',
    later: true,
    description: 'The log file is rotated at this age; `0s`: never.',
  },
  log_rotate_max_files: {
    type: 'integer',
    minimum: -1,
    default: 0,
    later: true,
    description: 'How many rotated files are kept; 0: all, -1: none.',
  },
  enable_syslog: {
    type: 'boolean',
    default: false,
    description: "Sends the log to the local syslog socket as well, with the severity of each line's level.",
  },
  syslog_facility: {
    type: 'string',
    enum: [
      ...['KERN', 'USER', 'MAIL', 'DAEMON', 'AUTH', 'SYSLOG', 'LPR', 'NEWS', 'UUCP', 'CRON', 'AUTHPRIV', 'FTP'],
      ...['LOCAL0', 'LOCAL1', 'LOCAL2', 'LOCAL3', 'LOCAL4', 'LOCAL5', 'LOCAL6', 'LOCAL7'],
    ],
    default: 'LOCAL0',
    description: 'The syslog facility, in any case.',
  },
} as const satisfies Keys;
