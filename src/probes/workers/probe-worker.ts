/** One worker as the main thread sees it: runs go in, outcomes come out, and what a death leaves undone is handed back. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { RunSignal } from '../../run-signal.ts';
import type { ProbeOutcome, RunnableDefinition } from '../probe.ts';
import { closeAllWatched } from '../epoll.ts';
import type { Syscalls } from '../syscalls.ts';
import { Outbox } from './outbox.ts';
import { unpackOutcome, type Order, type Result, type WorkerData, type WorkerSetup } from './orders.ts';
import { Pulse } from './pulse.ts';

/** A run that has been asked for and not been answered. */
export interface PendingRun {
  readonly definition: RunnableDefinition;
  readonly timeoutMs: number;
  readonly signal: RunSignal;
  readonly settle: (outcome: ProbeOutcome) => void;
}

export interface ProbeWorkerOptions {
  readonly setup: WorkerSetup;
  readonly clock: Clock;
  readonly calls: Syscalls | undefined;
  /** How Node is to run the worker's program; the process's own options unless given. */
  readonly execArgv?: readonly string[] | undefined;
  /** The thread has ended without having been told to, or hangs and is being ended. Told once; `runs`: what it leaves undone. */
  readonly onDeath: (reason: string, runs: readonly PendingRun[]) => void;
}

const PROGRAM = new URL(`worker-main${extname(import.meta.url)}`, import.meta.url);

interface Flight extends PendingRun {
  readonly abort: () => void;
}

export class ProbeWorker {
  #lastId = 0;
  #reason = 'it ended by itself';
  #isRetired = false;
  #isGone = false;
  readonly #flights = new Map<number, Flight>();
  readonly #worker: Worker;
  readonly #orders: Outbox<Order>;
  readonly #pulse: Pulse;
  readonly #onDeath: ProbeWorkerOptions['onDeath'];

  /** Throws when the machine has no room for one more thread. */
  constructor({ setup, clock, calls, execArgv, onDeath }: ProbeWorkerOptions) {
    const epoll = calls?.epollCreate() ?? -1;
    const workerData: WorkerData = { ...setup, epoll };
    try {
      this.#worker = new Worker(PROGRAM, {
        workerData,
        ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
      });
    } catch (error) {
      if (epoll >= 0) calls?.close(epoll);
      throw error;
    }
    this.#orders = new Outbox(clock, (orders) => {
      this.#worker.postMessage(orders);
    });
    this.#onDeath = onDeath;
    const askForSign = (): void => {
      this.#worker.postMessage([]);
    };
    this.#pulse = new Pulse(clock, askForSign, (reason) => {
      this.#reason = reason;
      this.#onGone();
      void this.#worker.terminate();
    });
    this.#worker.on('message', (results: readonly Result[]) => {
      this.#pulse.beat();
      for (const result of results) this.#onResult(result);
    });
    this.#worker.on('error', (error) => {
      this.#reason = error.message;
    });
    this.#worker.once('exit', () => {
      if (calls !== undefined && epoll >= 0) closeAllWatched(calls, epoll);
      this.#onGone();
    });
  }

  /** How many runs it has under way. */
  get load(): number {
    return this.#flights.size;
  }

  /** The thread's number in this process. */
  get threadId(): number {
    return this.#worker.threadId;
  }

  run(run: PendingRun): void {
    this.#lastId += 1;
    const id = this.#lastId;
    const abort = (): void => {
      this.#land(id);
      this.#orders.put({ type: 'abort', id });
      run.settle({ type: 'aborted' });
    };
    this.#flights.set(id, { abort, ...run });
    run.signal.onAbort = abort;
    this.#orders.put({ type: 'run', id, definition: run.definition, timeoutMs: run.timeoutMs });
  }

  /** Takes no more runs and ends after those under way. */
  retire(): void {
    this.#isRetired = true;
    this.#endIfIdle();
  }

  /** Ends at once; what is under way is answered with `aborted`. */
  async stop(): Promise<void> {
    this.#isRetired = true;
    for (const { abort } of [...this.#flights.values()]) abort();
    await this.#worker.terminate();
  }

  #onGone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#pulse.stop();
    const left = [...this.#flights.values()];
    for (const [id] of this.#flights) this.#land(id);
    if (!this.#isRetired || left.length > 0) this.#onDeath(this.#reason, left);
  }

  #onResult(result: Result): void {
    const flight = this.#land(result.id);
    flight?.settle(unpackOutcome(result));
    this.#endIfIdle();
  }

  #land(id: number): Flight | undefined {
    const flight = this.#flights.get(id);
    this.#flights.delete(id);
    if (flight !== undefined) flight.signal.onAbort = undefined;
    return flight;
  }

  #endIfIdle(): void {
    if (this.#isRetired && this.#flights.size === 0) void this.#worker.terminate();
  }
}
