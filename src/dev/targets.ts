/** What the example's checks look at: an HTTP target and a TCP target on one port, which can be made to fail. */
import { createServer, type RequestListener } from 'node:http';
import { close, listen, listenNear } from './listen.ts';

/** `ill`: /health answers 503. `dead`: nobody listens. */
export type TargetState = 'well' | 'ill' | 'dead';

export interface Targets extends AsyncDisposable {
  /** Port of both targets: GET /health answers 200, and a connection succeeds. */
  readonly port: number;
  /** PUT /fail, /kill or /heal here. */
  readonly controlUrl: string;
  /** Has `listener` called after each order that was carried out; whoever gave it is answered when that is done. */
  follow(listener: (state: TargetState) => Promise<void>): void;
}

const ORDERS: Readonly<Record<string, TargetState>> = { '/heal': 'well', '/fail': 'ill', '/kill': 'dead' };

/** Starts both targets, well, on port 8000 when it is free. */
export async function startTargets(): Promise<Targets> {
  let state: TargetState = 'well';
  let listener: (state: TargetState) => Promise<void> = () => Promise.resolve();
  const target = createServer((request, response) => {
    const status = request.url !== '/health' ? 404 : state === 'well' ? 200 : 503;
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? 'all is well\n' : 'not well\n');
  });
  const port = await listenNear(target, 8000);
  const become = async (next: TargetState): Promise<void> => {
    state = next;
    if (next === 'dead') await close(target);
    else if (!target.listening) await listen(target, port);
    await listener(next);
  };
  const control = createServer(obey(become));
  const controlPort = await listenNear(control, 8001);
  return {
    port,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    follow(next) {
      listener = next;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([close(target), close(control)]);
    },
  };
}

/** One order after the other, so that two at once do not cross. */
function obey(become: (state: TargetState) => Promise<void>): RequestListener {
  let last = Promise.resolve();
  return (request, response) => {
    const order = request.method === 'PUT' ? ORDERS[request.url ?? ''] : undefined;
    if (order === undefined) return void response.writeHead(404).end(`PUT ${Object.keys(ORDERS).join(', ')}\n`);
    last = last
      .then(() => become(order))
      .then(
        () => void response.end(`both targets are ${order}\n`),
        (error: unknown) => void response.writeHead(500).end(`${String(error)}\n`),
      );
  };
}
