/** A program that the demo runs, and that ends with it. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface ChildOptions {
  readonly stdio: StdioOptions;
  /** How long it may take to end after SIGTERM before it is killed. */
  readonly patienceMs: number;
}

export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Resolves to a sentence that tells how it ended, or that it could not be started; never rejects. */
  readonly ended: Promise<string>;
}

/** Has the kernel end the child when the demo itself is killed. */
const SETPRIV = '/usr/bin/setpriv';

/**
 * Starts a program without the `CONSUL_*` variables of the caller, in a process group of its own: Ctrl-C reaches the demo
 * only, which then ends its children one after the other.
 */
export function startChild(program: string, args: readonly string[], { stdio, patienceMs }: ChildOptions): Child {
  const line = [program, ...args];
  const [file = program, ...rest] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', ...line] : line;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CONSUL_')));
  const child = spawn(file, rest, { stdio, env, detached: true });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(`it ended with ${signal ?? `code ${code ?? 'unknown'}`}`);
    });
  });
  return {
    process: child,
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
