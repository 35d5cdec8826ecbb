/** What a log line is made of: its level, its sentence, and values beside it. */

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

/** The log in the hands of whoever made it. */
export interface OwnedLog extends Log {
  /** Lines below `level` are left out from now on. */
  setLevel(level: LogLevel): void;
  /**
   * Resolves when every line has left the process, or its reader has stood still for too long. Lines that come later are
   * dropped. Nothing but this brings out the last lines: await it before `process.exit`, on every way out.
   */
  close(): Promise<void>;
}
