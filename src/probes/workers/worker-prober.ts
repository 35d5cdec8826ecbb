/** A prober whose runs are spread over threads, as many as the load asks for; with none it is the main thread's prober. */
import { availableParallelism } from 'node:os';
import type { Clock, Random, TimerId } from '../../clock.ts';
import { createRelapses, type Relapses } from '../../relapses.ts';
import type { RunSignal } from '../../run-signal.ts';
import type { Prober } from '../prober.ts';
import type { ProbeOutcome, RunnableDefinition } from '../probe.ts';
import type { Syscalls } from '../syscalls.ts';
import type { WorkerSetup } from './orders.ts';
import { ProbeWorker, type PendingRun } from './probe-worker.ts';
import { Staffing, type ProbeWorkers } from './staffing.ts';

export interface WorkerProberOptions {
  readonly workers: ProbeWorkers;
  readonly setup: WorkerSetup;
  /** Runs what no worker is there for, and what they fall behind with; disposed of with this one. */
  readonly local: Prober;
  readonly clock: Clock;
  /** Makes and closes the epoll descriptors of workers; undefined: their plain connections go by node:net. */
  readonly calls: Syscalls | undefined;
  readonly random: Random;
  /** A worker has died, or hung and was ended; `again` of its runs are run again, and the next worker comes after `restMs`. */
  readonly onDeath: (death: { readonly reason: string; readonly again: number; readonly restMs: number }) => void;
  /** A worker could not be started: the next try comes after `restMs`. */
  readonly onUnstarted: (failure: { readonly reason: string; readonly restMs: number }) => void;
  /** How many processors there are; the machine's unless given. */
  readonly processors?: number;
  /** See {@link ProbeWorker}. */
  readonly execArgv?: readonly string[];
}

/**
 * The main thread takes a run when every worker has so many more under way. Orders and results take a third of a probe's time, so that
 * where processors are few a worker alone holds hardly more than the main thread does (docs/performance.md).
 */
const HELP_FROM = 64;

/** Makes a {@link Prober}. No thread is started before the first run. */
export const createWorkerProber = (options: WorkerProberOptions): Prober => new WorkerProber(options);

class WorkerProber implements Prober {
  readonly #workers = new Set<ProbeWorker>();
  readonly #options: WorkerProberOptions;
  readonly #staffing: Staffing;
  readonly #relapses: Relapses;
  /** How many runs the main thread has under way in place of workers. */
  #localLoad = 0;
  #isDisposed = false;
  /** Set while the place of a worker stays empty that has died or could not be started. */
  #rest: TimerId;

  constructor(options: WorkerProberOptions) {
    const { clock, random, workers, processors = availableParallelism() } = options;
    this.#options = options;
    this.#staffing = new Staffing(workers, processors, clock.now());
    this.#relapses = createRelapses(clock, random);
  }

  run(definition: RunnableDefinition, timeoutMs: number, signal: RunSignal): Promise<ProbeOutcome> {
    if (this.#isDisposed || signal.isAborted) return Promise.resolve({ type: 'aborted' });
    this.#staff(this.#staffing.noteRun(this.#options.clock.now()));
    if (this.#workers.size === 0) return this.#options.local.run(definition, timeoutMs, signal);
    return new Promise((settle) => {
      this.#place({ definition, timeoutMs, signal, settle });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#options.clock.clearTimeout(this.#rest);
    const stopping = [...this.#workers].map((worker) => worker.stop());
    this.#workers.clear();
    await Promise.all(stopping);
    await this.#options.local[Symbol.asyncDispose]();
  }

  #staff(wanted: number): void {
    if (this.#rest !== undefined) return;
    while (this.#workers.size < wanted) if (!this.#hire()) return;
    for (const worker of this.#workers) {
      if (this.#workers.size <= wanted) return;
      this.#workers.delete(worker);
      worker.retire();
    }
  }

  /** False: it could not be started. */
  #hire(): boolean {
    const { setup, clock, calls, execArgv } = this.#options;
    try {
      const worker: ProbeWorker = new ProbeWorker({
        ...{ setup, clock, calls, execArgv },
        onDeath: (reason, runs) => {
          this.#workers.delete(worker);
          this.#onDeath(reason, runs);
        },
      });
      this.#workers.add(worker);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onUnstarted({ reason, restMs: this.#restAWhile() });
      return false;
    }
  }

  /** To the worker that has the least to do; the main thread helps those that fall behind. */
  #place(run: PendingRun): void {
    let idlest: ProbeWorker | undefined;
    for (const worker of this.#workers) if (idlest === undefined || worker.load < idlest.load) idlest = worker;
    if (idlest === undefined || idlest.load >= this.#localLoad + HELP_FROM) void this.#runHere(run);
    else idlest.run(run);
  }

  async #runHere({ definition, timeoutMs, signal, settle }: PendingRun): Promise<void> {
    this.#localLoad += 1;
    const outcome = await this.#options.local.run(definition, timeoutMs, signal);
    this.#localLoad -= 1;
    settle(outcome);
  }

  #onDeath(reason: string, runs: readonly PendingRun[]): void {
    if (this.#isDisposed) return;
    this.#options.onDeath({ reason, again: runs.length, restMs: this.#restAWhile() });
    for (const run of runs) this.#place(run);
  }

  /** Starts no worker for so many milliseconds, which it returns. */
  #restAWhile(): number {
    const restMs = this.#relapses.note('worker');
    const { clock } = this.#options;
    clock.clearTimeout(this.#rest);
    this.#rest = clock.setTimeout(() => {
      this.#rest = undefined;
    }, restMs);
    return restMs;
  }
}
