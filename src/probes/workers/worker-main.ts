/** The program of a probe worker: the same probes as in the main thread, on a thread of their own. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock.ts';
import { RunSignal } from '../../run-signal.ts';
import { openConnections } from '../kernel-connection.ts';
import { createProber } from '../prober.ts';
import { openSyscalls } from '../syscalls.ts';
import { Outbox } from './outbox.ts';
import { packOutcome, type Order, type Result, type WorkerData } from './orders.ts';

const { epoll, ...setup } = workerData as WorkerData; // safe: nobody else starts this program
// Never disposed of: the epoll descriptor is the main thread's to close.
const connections = openConnections(await openSyscalls(), epoll);
const prober = createProber({ ...setup, clock: systemClock, connections });
const results = new Outbox<Result>(systemClock, (batch) => {
  parentPort?.postMessage(batch);
});
const underWay = new Map<number, RunSignal>();

const obey = async (order: Order): Promise<void> => {
  if (order.type === 'abort') {
    underWay.get(order.id)?.abort();
    return;
  }
  const { id, definition, timeoutMs } = order;
  const signal = new RunSignal();
  underWay.set(id, signal);
  const outcome = await prober.run(definition, timeoutMs, signal);
  underWay.delete(id);
  results.put(packOutcome(id, outcome));
};

parentPort?.on('message', (orders: readonly Order[]) => {
  if (orders.length === 0) parentPort?.postMessage([]);
  for (const order of orders) void obey(order);
});
