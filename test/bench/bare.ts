/** The process of bare sockets as the measures see it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('bare-process.ts', import.meta.url));

export interface BareSockets extends AsyncDisposable {
  readonly pid: number;
}

/** Asks `url` so many times a second until it is disposed of. */
export const startBareSockets = (kind: 'http' | 'tcp', url: string, perSecond: number): BareSockets => {
  const child = fork(PROGRAM, [kind, url, String(perSecond)]);
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? -1,
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
};
