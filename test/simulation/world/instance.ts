/** One daemon of the fleet as a process that may be stopped, killed, paused and started again. */
import type { ActorRefFrom, AnyStateMachine } from 'xstate';
import type { leadershipMachine } from '../../../machines/leadership.ts';
import type { writerMachine } from '../../../machines/writer.ts';
import { resolve } from '../../../src/config/resolve.ts';
import type { Config } from '../../../src/config/config.ts';
import { createDaemon, type Daemon } from '../../../src/daemon.ts';
import type { Log } from '../../../src/observe/log.ts';
import { simulatedPinger, simulatedProber } from './asking.ts';
import { Link } from './link.ts';
import { planesOver } from './planes.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

/** What a scenario may set. */
export type Settings = Partial<
  Pick<
    Config,
    | 'passingThreshold'
    | 'criticalThreshold'
    | 'checkUpdateIntervalMs'
    | 'nodeReconnectTimeoutMs'
    | 'nodeProbeIntervalMs'
    | 'nodeHealthRefreshIntervalMs'
    | 'disableCoordinateUpdates'
  >
>;

const defaults = (): Config =>
  resolve(
    new Map(),
    { settings: new Map(), isTls: false, problems: [], httpAuth: undefined, tlsSkipVerify: false },
    () => '',
  );

/** A supervisor's pause. */
const RESTART_MS = 100;

/** From start to end of one process. */
export interface Life {
  readonly process: Process;
  readonly link: Link;
  daemon: Daemon | undefined;
}

export class Instance {
  readonly name: string;
  readonly #number: number;
  readonly #world: World;
  readonly #config: Config;
  #lives = 0;
  #startedAtMs = 0;
  #life: Life | undefined;
  /** Is it to run, as whoever supervises it sees it? */
  #isWanted = false;

  constructor(world: World, number: number, settings: Settings) {
    this.name = `esm${number}`;
    this.#number = number;
    this.#world = world;
    this.#config = { ...defaults(), ...settings, instanceId: this.name };
  }

  get serviceId(): string {
    return `${this.#config.consulService}:${this.#config.instanceId}`;
  }

  /** The life it leads; undefined: it does not run. */
  get life(): Life | undefined {
    return this.#life;
  }

  /** When its latest life began: what an earlier one saw and did not write, nobody knows. */
  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** Does it think that it leads? */
  get isLeader(): boolean {
    const leadership = this.#part<typeof leadershipMachine>('leadership');
    return leadership?.getSnapshot().matches({ competing: 'leader' }) ?? false;
  }

  /** Writes without an answer. */
  get owed(): number {
    const context = this.#part<typeof writerMachine>('writer')?.getSnapshot().context;
    return context === undefined ? 0 : context.queue.size + context.inFlight.length;
  }

  /** Starts it, once it has ended if it is about to. */
  start(): void {
    const { timeline, server, dice, targets, journal } = this.#world;
    this.#isWanted = true;
    if (this.#life !== undefined) return;
    this.#lives += 1;
    this.#startedAtMs = timeline.nowMs;
    journal.note(this.name, 'starts');
    const process = new Process(timeline, this.#number);
    const own = dice.fork(`${this.name} ${this.#lives}`);
    const link = new Link(this.name, process, timeline, server, own.fork('link'));
    const life: Life = { process, link, daemon: undefined };
    this.#life = life;
    const asker = { name: this.name, process, dice: own.fork('targets'), targets };
    const deps = {
      log: this.#log(),
      env: {},
      clock: process.clock,
      stopwatch: () => process.clock.now(),
      random: own.random,
      newId: () => own.newId(),
      planes: planesOver(link),
      prober: simulatedProber(asker),
      pinger: simulatedPinger(asker),
    };
    void createDaemon(this.#config, deps).then(async (daemon) => {
      life.daemon = daemon;
      const verdict = await daemon.start();
      this.#world.journal.note(this.name, `ended: ${verdict.type}`);
      await daemon[Symbol.asyncDispose]();
      process.kill();
      if (this.#life !== life) return;
      this.#life = undefined;
      timeline.after(RESTART_MS, () => {
        if (this.#isWanted) this.start();
      });
    });
  }

  /** SIGTERM. */
  stop(): void {
    this.#isWanted = false;
    if (this.#life !== undefined) this.#world.journal.note(this.name, 'is asked to stop');
    this.#life?.daemon?.stop();
  }

  /** SIGKILL: its connections break, and nothing else is heard of it. */
  kill(): void {
    this.#isWanted = false;
    if (this.#life !== undefined) this.#world.journal.note(this.name, 'is killed');
    this.#life?.process.kill();
    this.#life?.link.abandon();
    this.#life = undefined;
  }

  #part<Machine extends AnyStateMachine>(name: string): ActorRefFrom<Machine> | undefined {
    // safe: the daemon chart starts just that chart under that name
    return this.#life?.daemon?.actor.system.get(name) as ActorRefFrom<Machine> | undefined;
  }

  #log(): Log {
    const { journal, troubles } = this.#world;
    const tell =
      (level: string) =>
      (message: string, fields?: object): void => {
        journal.note(this.name, `[${level}] ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`);
        // A revoked token is an error of whoever revoked it.
        const isRefusal = fields !== undefined && 'code' in fields && fields.code === 'ESM_CONSUL_FORBIDDEN';
        if (level === 'ERROR' && !isRefusal) troubles.push(`${this.name} logs: ${message} ${JSON.stringify(fields)}`);
      };
    const nothing = (): void => undefined;
    return { trace: nothing, debug: nothing, info: tell('INFO'), warn: tell('WARN'), error: tell('ERROR') };
  }
}
