/** The daemon's log: one line an event, as text or JSON, to stdout, a file or syslog. */

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** Values beside the sentence. Errors are reduced to their code and message; never pass a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
