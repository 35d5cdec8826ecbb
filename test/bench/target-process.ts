/** The program that the checks look at, in a process of its own so that it shares no event loop with what is measured. */
import { monotonicMs } from '../support/monotonic.ts';
import { startKernelServer } from './kernel-server.ts';
import { TARGET_HOSTS, type TargetArrivals, type TargetOrder, type TargetReply } from './target.ts';

/** Short enough to cost nothing beside the connection. */
const response = (status: string): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`);
const WELL = response('200 OK');
const ILL = response('503 Service Unavailable');

type Answer = (response: Buffer) => void;

let isWell = true;
/** Who waits for an answer; undefined: nobody has to. */
let held: Answer[] | undefined;
let arrivals: Record<string, number[]> = {};

const take = (): TargetArrivals => {
  const taken = arrivals;
  arrivals = {};
  return taken;
};

const become = (state: 'well' | 'ill'): void => {
  const waiting = held ?? [];
  held = undefined;
  isWell = state === 'well';
  for (const answer of waiting) answer(isWell ? WELL : ILL);
};

const server = await startKernelServer(TARGET_HOSTS, (path, answer) => {
  (arrivals[path] ??= []).push(monotonicMs());
  if (held === undefined) answer(isWell ? WELL : ILL);
  else held.push(answer);
});

const reply = (message: TargetReply): void => void process.send?.(message);

process.on('message', (order: TargetOrder) => {
  if (order === 'take') reply({ arrivals: take() });
  else if (order === 'count') reply({ connections: server.connections });
  else if (order === 'paths') reply({ paths: Object.keys(arrivals).length });
  else {
    if (order === 'hold') held = [];
    else become(order === 'heal' ? 'well' : 'ill');
    reply({ arrivals: {} });
  }
});
process.on('disconnect', () => process.exit());

reply({ port: server.port });
