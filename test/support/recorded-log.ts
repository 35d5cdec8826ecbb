/** A log that keeps its lines, as objects. */
import type { Log, LogFields, LogLevel } from '../../src/observe/log.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

export interface RecordedLog extends Log {
  readonly lines: readonly LogLine[];
  /** Messages of one level, oldest first. */
  readonly messages: (level: LogLevel) => string[];
}

export const createRecordedLog = (): RecordedLog => {
  const lines: LogLine[] = [];
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  return {
    trace: at('TRACE'),
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    lines,
    messages: (level) => lines.filter((line) => line.level === level).map(({ message }) => message),
  };
};
