/** The built daemon as a child process, with its log kept. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

/** What users start. */
export const PROGRAM = fileURLToPath(new URL('../../bin/consul-esm', import.meta.url));

/** Stands for the line that an ended daemon will never write. */
const ENDED = '';

/** Has the kernel kill the daemon when the test dies in whatever way. */
const SETPRIV = '/usr/bin/setpriv';

export interface DaemonOptions {
  /** The text of its configuration file; undefined: it is started without one. */
  readonly config?: string;
  /** Arguments in place of the configuration file. */
  readonly args?: readonly string[];
  /** Its whole environment, beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
  /** What runs it: a program and its arguments, to which the daemon's command is added. It must become the daemon by `exec`. */
  readonly runBy?: readonly string[];
  /** Told each line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface TestDaemon extends AsyncDisposable {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of stdout that hold `what`. */
  lines(what: string | RegExp): readonly string[];
  /** Resolves to the first line of stdout that holds `what`; rejects with the log's tail. */
  until(what: string | RegExp, deadlineMs?: number): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** The exit code once it has ended; the name of the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | NodeJS.Signals>;
  /** SIGKILL, and it is gone. */
  kill(): Promise<void>;
  /** Puts another text in the place of its configuration file, and sends SIGHUP. */
  reload(config: string): Promise<void>;
  /** The most memory it has held so far. */
  peakMegabytes(): Promise<number>;
}

/** Starts it; nothing is awaited but the process. */
export async function startDaemon(options: DaemonOptions): Promise<TestDaemon> {
  const { config, args, env = {}, runBy = [], onLine } = options;
  const folder = await mkdtemp(join(tmpdir(), 'consul-esm-e2e-'));
  const file = join(folder, 'x.hcl');
  if (config !== undefined) await writeFile(file, config);
  const told = args ?? (config === undefined ? [] : [`-config-file=${file}`]);
  const command = [...runBy, PROGRAM, ...told];
  const [program = '', ...rest] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...command] : command;
  const { PATH, HOME } = process.env;
  const child = spawn(program, rest, { cwd: folder, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  if (onLine !== undefined) createInterface({ input: child.stdout }).on('line', onLine);
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? -1);
    });
  });
  let hasEnded = false;
  void ended.finally(() => (hasEnded = true));
  const lines = (what: string | RegExp): string[] =>
    stdout.split('\n').filter((line) => (typeof what === 'string' ? line.includes(what) : what.test(line)));
  const end = async (signal: NodeJS.Signals): Promise<number | NodeJS.Signals> => {
    child.kill(signal);
    return await ended;
  };
  return {
    pid: child.pid ?? -1,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    lines,
    async until(what, deadlineMs = 20_000) {
      try {
        const line = await eventually(`${String(what)} in the log`, () => lines(what)[0] ?? (hasEnded && ENDED), {
          deadlineMs,
        });
        if (line === ENDED) throw new Error('it has ended');
        return line;
      } catch (cause) {
        throw new Error(`${String(what)} is not in the log:\n${stdout.slice(-3_000)}${stderr}`, { cause });
      }
    },
    signal(name) {
      child.kill(name);
    },
    ended,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
    async reload(text) {
      await writeFile(file, text);
      child.kill('SIGHUP');
    },
    async peakMegabytes() {
      const status = await readFile(`/proc/${child.pid ?? -1}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
