/** The program that the checks look at, in a process of its own so that it shares no event loop with what is measured. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { monotonicMs } from '../support/monotonic.ts';
import { TARGET_HOSTS, type TargetArrivals, type TargetOrder, type TargetReply } from './target.ts';

/** Short enough to cost nothing beside the connection. */
const response = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`;
const WELL = response('200 OK');
const ILL = response('503 Service Unavailable');

let isWell = true;
/** Who waits for an answer; undefined: nobody has to. */
let held: Socket[] | undefined;
let arrivals: Record<string, number[]> = {};
let connections = 0;

const take = (): TargetArrivals => {
  const taken = arrivals;
  arrivals = {};
  return taken;
};

const answer = (socket: Socket): void => {
  socket.end(isWell ? WELL : ILL);
};

const become = (state: 'well' | 'ill'): void => {
  const waiting = held ?? [];
  held = undefined;
  isWell = state === 'well';
  for (const socket of waiting) answer(socket);
};

const onConnection = (socket: Socket): void => {
  connections += 1;
  socket.on('error', () => undefined);
  socket.once('data', (bytes) => {
    const path = bytes.toString('latin1').split(' ', 2)[1] ?? '';
    (arrivals[path] ??= []).push(monotonicMs());
    if (held === undefined) answer(socket);
    else held.push(socket);
  });
};
const server = createServer(onConnection);

const reply = (message: TargetReply): void => void process.send?.(message);

process.on('message', (order: TargetOrder) => {
  if (order === 'take') reply({ arrivals: take() });
  else if (order === 'count') reply({ connections });
  else if (order === 'paths') reply({ paths: Object.keys(arrivals).length });
  else {
    if (order === 'hold') held = [];
    else become(order === 'heal' ? 'well' : 'ill');
    reply({ arrivals: {} });
  }
});
process.on('disconnect', () => process.exit());

server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const { port } = server.address() as AddressInfo; // safe: it listens on a port, not on a pipe
  for (const host of TARGET_HOSTS.slice(1)) createServer(onConnection).listen({ port, host, backlog: 4_096 });
  reply({ port });
});
