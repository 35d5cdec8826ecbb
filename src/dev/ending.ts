/** How a program on a terminal is told to end. */
import { systemStopwatch } from '../clock.ts';

/** npm and npx hand on the Ctrl-C that the terminal has already sent: what comes so soon is the same order once more. */
const ECHO_MS = 500;

/** Aborted by the first SIGINT, SIGTERM or SIGHUP, its name as the reason. Another order ends the process at once, code 1. */
export function untilToldToEnd(): AbortSignal {
  const ending = new AbortController();
  let toldAtMs: number | undefined;
  const end = (signal: string): void => {
    if (toldAtMs !== undefined && systemStopwatch() - toldAtMs > ECHO_MS) process.exit(1);
    toldAtMs ??= systemStopwatch();
    ending.abort(signal);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
  return ending.signal;
}
