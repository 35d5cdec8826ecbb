/** A prober whose runs are spread over threads, as many as the load asks for; with none it is the main thread's prober. */
import { availableParallelism } from 'node:os';
import type { Clock, Random, TimerId } from '../../clock.ts';
import { createRelapses, type Relapses } from '../../relapses.ts';
import type { Prober } from '../prober.ts';
import type { ProbeOutcome, RunnableDefinition } from '../probe.ts';
import type { WorkerSetup } from './orders.ts';
import { ProbeWorker, type PendingRun } from './probe-worker.ts';
import { Staffing, type ProbeWorkers } from './staffing.ts';

export interface WorkerProberOptions {
  readonly workers: ProbeWorkers;
  readonly setup: WorkerSetup;
  /** Runs what no worker is there for; disposed of with this one. */
  readonly local: Prober;
  readonly clock: Clock;
  readonly random: Random;
  /** A worker has died, or hung and was ended; `again` of its runs are run again, and the next worker comes after `restMs`. */
  readonly onDeath: (death: { readonly reason: string; readonly again: number; readonly restMs: number }) => void;
  /** How many processors there are; the machine's unless given. */
  readonly processors?: number;
  /** See {@link ProbeWorker}. */
  readonly execArgv?: readonly string[];
}

/** Makes a {@link Prober}. No thread is started before the first run. */
export const createWorkerProber = (options: WorkerProberOptions): Prober => new WorkerProber(options);

class WorkerProber implements Prober {
  readonly #workers = new Set<ProbeWorker>();
  readonly #options: WorkerProberOptions;
  readonly #staffing: Staffing;
  readonly #relapses: Relapses;
  #isDisposed = false;
  /** Set while the place of a worker that died stays empty. */
  #rest: TimerId;

  constructor(options: WorkerProberOptions) {
    const { clock, random, workers, processors = availableParallelism() } = options;
    this.#options = options;
    this.#staffing = new Staffing(workers, processors, clock.now());
    this.#relapses = createRelapses(clock, random);
  }

  run(definition: RunnableDefinition, timeoutMs: number, signal: AbortSignal): Promise<ProbeOutcome> {
    if (this.#isDisposed || signal.aborted) return Promise.resolve({ type: 'aborted' });
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
    while (this.#workers.size < wanted) this.#hire();
    for (const worker of this.#workers) {
      if (this.#workers.size <= wanted) return;
      this.#workers.delete(worker);
      worker.retire();
    }
  }

  #hire(): void {
    const { setup, clock, execArgv } = this.#options;
    const worker: ProbeWorker = new ProbeWorker({
      ...{ setup, clock, execArgv },
      onDeath: (reason, runs) => {
        this.#onDeath(worker, reason, runs);
      },
    });
    this.#workers.add(worker);
  }

  /** To the worker that has the least to do. */
  #place(run: PendingRun): void {
    let idlest: ProbeWorker | undefined;
    for (const worker of this.#workers) if (idlest === undefined || worker.load < idlest.load) idlest = worker;
    if (idlest === undefined) {
      void this.#options.local.run(run.definition, run.timeoutMs, run.signal).then(run.settle);
    } else idlest.run(run);
  }

  #onDeath(worker: ProbeWorker, reason: string, runs: readonly PendingRun[]): void {
    this.#workers.delete(worker);
    if (this.#isDisposed) return;
    const restMs = this.#relapses.note('worker');
    const { clock, onDeath } = this.#options;
    clock.clearTimeout(this.#rest);
    this.#rest = clock.setTimeout(() => {
      this.#rest = undefined;
    }, restMs);
    onDeath({ reason, again: runs.length, restMs });
    for (const run of runs) this.#place(run);
  }
}
