/** What the demo's checks look at: an HTTP target and a TCP target on one port, which can be made to fail. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { freePort } from './port.ts';

/** `ill`: /health answers 503. `dead`: nobody listens. */
export type TargetState = 'well' | 'ill' | 'dead';

export interface Targets extends AsyncDisposable {
  /** Port of both targets: GET /health answers 200, and a connection succeeds. */
  readonly port: number;
  /** PUT /fail, /kill or /heal here. */
  readonly controlUrl: string;
  /** Makes both targets well, ill or dead; resolves when they are. */
  become(state: TargetState): Promise<void>;
}

const ORDERS: Readonly<Record<string, TargetState>> = { '/heal': 'well', '/fail': 'ill', '/kill': 'dead' };

/** Starts both targets, well, on port 8000 when it is free. `onChange` is called after an order that came by HTTP. */
export async function startTargets(onChange: (state: TargetState) => void = () => undefined): Promise<Targets> {
  const port = await freePort(8000);
  let state: TargetState = 'well';
  const target = createServer((request, response) => {
    const status = request.url !== '/health' ? 404 : state === 'well' ? 200 : 503;
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'all is well\n' : 'not well\n');
  });
  const become = async (next: TargetState): Promise<void> => {
    state = next;
    if (next === 'dead') await close(target);
    else if (!target.listening) await listen(target, port);
  };
  const control = createServer((request, response) => {
    const order = request.method === 'PUT' ? ORDERS[request.url ?? ''] : undefined;
    if (order === undefined) return void response.writeHead(404).end(`PUT ${Object.keys(ORDERS).join(', ')}\n`);
    void become(order).then(() => {
      response.end(`both targets are ${order}\n`);
      onChange(order);
    });
  });
  const controlPort = await freePort(8001);
  await listen(control, controlPort);
  await listen(target, port);
  return {
    port,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    become,
    async [Symbol.asyncDispose]() {
      await Promise.all([close(target), close(control)]);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
