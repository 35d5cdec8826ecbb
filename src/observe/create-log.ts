/** Makes the daemon's log: one line an event, as text or JSON, to stdout, a file or syslog. */
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { jsonLines } from './json.ts';
import type { Log, LogFields, LogLevel, OwnedLog } from './log.ts';
import type { OpenSink } from './sink.ts';
import { textLines } from './text.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** JSON objects instead of text; default false. */
  readonly json?: boolean;
  /** Where lines go, all of them to each: `fdSink`, `syslogSink`; a file that rotates has its place here. */
  readonly sinks: readonly OpenSink[];
  readonly clock?: Clock;
}

const RANK: Record<LogLevel, number> = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4 };

/** Makes the log and opens its sinks. Never throws: a sink in trouble says so in the log and goes on trying. */
export function createLog({ level, json = false, sinks, clock = systemClock }: LogOptions): OwnedLog {
  let lowest = RANK[level];
  const render = json ? jsonLines() : textLines();
  const open: ReturnType<OpenSink>[] = [];
  const at =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (RANK[lineLevel] < lowest || open.length === 0) return;
      const line = render(lineLevel, clock.now(), message, fields);
      for (const sink of open) sink.write(line);
    };
  const log: Log = { trace: at('TRACE'), debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
  open.push(...sinks.map((openSink) => openSink(log)));
  return {
    ...log,
    setLevel(next) {
      lowest = RANK[next];
    },
    async close() {
      await Promise.all(open.splice(0).map((sink) => sink.close()));
    },
  };
}
