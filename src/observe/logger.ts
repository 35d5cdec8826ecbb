/** The `logger` program as a child that carries lines to the local syslog socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../clock.ts';

export interface LoggerObserver {
  /** Called once, with the reason, when the program cannot be started or has ended. */
  onEnd(reason: string): void;
  /** All that waited has been taken. */
  onDrain(): void;
}

/** A running `logger`. */
export interface Logger {
  /** Hands a line over; false when it stands still with too much to do, or has ended. */
  write(line: string): boolean;
  /** Resolves when it has sent all and ended; it is killed when that takes longer than `waitMs`. */
  end(waitMs: number): Promise<void>;
}

/** Longest line, in bytes: what rsyslog and journald take by default. */
export const MAX_LINE_BYTES = 8_000;

const MAX_WAITING_BYTES = 2 ** 20;

/**
 * Starts `logger --prio-prefix`, which reads `<priority>message` lines, frames each as RFC 3164 asks, and connects anew
 * when the socket's owner restarts.
 */
export function startLogger(socketPath: string, clock: Clock, observer: LoggerObserver): Logger {
  const args = ['--prio-prefix', '--tag', 'consul-esm', `--id=${process.pid}`, '--size', String(MAX_LINE_BYTES)];
  const child: ChildProcess = spawn('logger', [...args, '--socket', socketPath, '--socket-errors=on'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true, // Ctrl-C goes to the whole foreground group: it ended logger before the daemon's last lines
  });
  const stdin = child.stdin; // missing when the process has no descriptor left for it
  stdin?.on('error', () => undefined); // the end of the program tells
  stdin?.on('drain', () => {
    observer.onDrain();
  });
  const ended = endOf(child).then((reason) => {
    observer.onEnd(reason);
  });
  return {
    write(line) {
      if (stdin?.writable !== true || stdin.writableLength >= MAX_WAITING_BYTES) return false;
      stdin.write(line);
      return true;
    },
    async end(waitMs) {
      stdin?.end();
      const timer = clock.setTimeout(() => child.kill('SIGKILL'), waitMs);
      await ended;
      clock.clearTimeout(timer);
    },
  };
}

/** Resolves, when the program has ended or could not be started, to why. */
const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, 1_000)));
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      resolve(complaint.trim() || `logger ended with ${signal ?? `code ${code ?? 'unknown'}`}`);
    });
  });
