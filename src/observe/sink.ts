/** What a destination of the log is, and how an event becomes the line that is sent there. */
import type { Log, LogFields, LogLevel } from './log.ts';

/** A finished line: no line break, no control character. */
export interface Line {
  readonly level: LogLevel;
  /** Local time, for destinations that do not stamp lines themselves; empty when `body` holds it. */
  readonly stamp: string;
  readonly body: string;
}

export type Render = (level: LogLevel, nowMs: number, message: string, fields: LogFields) => Line;

/** An open destination. */
export interface Sink {
  /** Never blocks and never throws; what it cannot hold it drops, and says so in the log. */
  write(line: Line): void;
  /** Resolves when all has gone out, or nothing has moved for some seconds; never rejects. */
  close(): Promise<void>;
}

/** Opens a destination, which reports its own trouble in `log`. */
export type OpenSink = (log: Log) => Sink;
