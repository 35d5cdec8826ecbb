/** The process of a test's Consul agent, which never outlives the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { findConsul } from '../../src/dev/consul-binary.ts';

/** Has the kernel kill the agent when this process dies in whatever way; Debian's util-linux always has it. */
const SETPRIV = '/usr/bin/setpriv';
const KEPT_LOG = 4_000;

export class ConsulProcess {
  readonly #configFile: string;
  readonly #dataDir: string | undefined;
  readonly #cwd: string;
  readonly #runBy: readonly string[];
  #child: ChildProcess | undefined;
  #log = '';
  readonly #killOnExit = (): void => void this.#child?.kill('SIGKILL');

  /** `runBy` is a program with its arguments that becomes the agent by `exec`. */
  constructor(configFile: string, dataDir: string | undefined, cwd: string, runBy: readonly string[] = []) {
    this.#configFile = configFile;
    this.#dataDir = dataDir;
    this.#cwd = cwd;
    this.#runBy = runBy;
  }

  get logTail(): string {
    return this.#log;
  }

  get hasEnded(): boolean {
    return this.#child === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async start(): Promise<void> {
    const consul = await findConsul();
    const mode = this.#dataDir === undefined ? ['-dev'] : [];
    const agent = [...this.#runBy, consul, 'agent', ...mode, `-config-file=${this.#configFile}`];
    const [program = '', ...args] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...agent] : agent;
    const child = spawn(program, args, { cwd: this.#cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-KEPT_LOG);
      });
    }
    process.once('exit', this.#killOnExit);
    child.once('exit', () => process.off('exit', this.#killOnExit));
    await once(child, 'spawn');
  }

  /** Sends a signal; after one that ends the agent resolves when it has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#child === undefined || this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT') await ended;
  }
}
