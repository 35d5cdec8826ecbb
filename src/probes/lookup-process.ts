/**
 * A process whose one job is getaddrinfo. Name look-ups block a thread each for up to half a minute, and all threads of a
 * Node process come from one small pool that file access shares: a dead resolver must not fill the daemon's.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/** Look-ups at once; libuv gives half of its threads to them. */
export const LOOKUP_LANES = 128;

/** Runs by `node -e`, so that source and build start it alike. Ends with its parent, even if that was killed. */
const PROGRAM = `
const { lookup } = require('node:dns');
process.on('message', ([id, name]) => {
  lookup(name, { all: true, order: 'verbatim' }, (error, found) => {
    if (process.connected) process.send([id, error ? error.code : found.map((one) => one.address)]);
  });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
`;

/** What the system said: addresses, or the code of its error (`ENOTFOUND`, `EAI_AGAIN`). */
export type LookupAnswer = readonly string[] | string;

/** What the environment may tell getaddrinfo; nothing else of it, secrets least of all, is passed on. */
const RESOLVER_VARIABLES = ['LOCALDOMAIN', 'RES_OPTIONS', 'HOSTALIASES', 'PATH', 'SystemRoot'];

const isAnswer = (message: unknown): message is [id: number, answer: LookupAnswer] =>
  Array.isArray(message) &&
  typeof message[0] === 'number' &&
  (typeof message[1] === 'string' || Array.isArray(message[1]));

/** A running look-up process. */
export interface LookupProcess {
  /** Asks for a name; the answer comes to `onAnswer` with the same id, perhaps never. */
  ask(id: number, name: string): void;
  /** Ends the process at once, with all that hangs in it. */
  kill(): void;
}

const isolated = (): NodeJS.ProcessEnv => {
  const env: NodeJS.ProcessEnv = { UV_THREADPOOL_SIZE: String(2 * LOOKUP_LANES) };
  for (const name of RESOLVER_VARIABLES) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
};

const detach = (child: ChildProcess): void => {
  child.unref();
  child.channel?.unref();
};

/** Starts the process. `onExit` is called once when it ends without having been killed, or could not start. */
export const startLookupProcess = (
  onAnswer: (id: number, answer: LookupAnswer) => void,
  onExit: (error: Error) => void,
): LookupProcess => {
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    env: isolated(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let isOver = false;
  const end = (error: Error): void => {
    if (!isOver) onExit(error);
    isOver = true;
  };
  detach(child);
  child.on('message', (message) => {
    if (isAnswer(message) && !isOver) onAnswer(...message);
  });
  child.on('error', end);
  child.on('exit', () => {
    end(new Error('the look-up process ended'));
  });
  return {
    ask(id, name) {
      child.send([id, name], (error) => {
        if (error !== null) end(error);
      });
    },
    kill() {
      isOver = true;
      child.kill('SIGKILL');
    },
  };
};
