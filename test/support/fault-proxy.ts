/** A proxy before a test's Consul that does harm to requests and answers for as long as it is told. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createRewind, type Rewind } from './rewind.ts';

/** What becomes of every request, and of every answer that comes from Consul meanwhile. */
export type Fault =
  | { readonly type: 'none' }
  /** Answers are late. */
  | { readonly type: 'slow'; readonly ms: number }
  /** This is the answer to everything, and Consul is not asked. */
  | { readonly type: 'answer'; readonly status: number; readonly body: string; readonly contentType?: string }
  /** A black hole: Consul is not asked, and nothing ever comes back. */
  | { readonly type: 'hang' }
  /** Connections are reset, and Consul is not asked. */
  | { readonly type: 'reset' }
  /** Consul does what it is asked, and its answers break off in the middle. */
  | { readonly type: 'truncate' }
  /** All indexes are lower by so much than they are, as if Consul had lost its newest state. */
  | { readonly type: 'rewind'; readonly by: number };

export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** Queries that hang are struck as well as new ones. */
  fail(fault: Fault): void;
  /** Nothing is the matter any more; what was swallowed stays lost. */
  recover(): void;
}

/** Begins without a fault. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  let fault: Fault = { type: 'none' };
  let rewind: Rewind | undefined;
  const open = new Set<ServerResponse>();
  const server = createServer((from, to) => {
    open.add(to);
    to.once('close', () => open.delete(to));
    void pass(from, to, targetPort, () => ({ fault, rewind }));
  });
  server.keepAliveTimeout = 0; // Consul closes no idle connection, and one that closes just as a request comes is a fault
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // safe: it listens on a port, not on a pipe
    fail(next) {
      fault = next;
      rewind = next.type === 'rewind' ? createRewind(next.by) : undefined;
      for (const to of open) strike(to, next);
    },
    recover() {
      fault = { type: 'none' };
      rewind = undefined;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Does what the fault does to a request without asking Consul; false: it lets Consul be asked. */
function strike(to: ServerResponse, fault: Fault): boolean {
  switch (fault.type) {
    case 'answer':
      if (!to.headersSent)
        to.writeHead(fault.status, { 'content-type': fault.contentType ?? 'text/plain' }).end(fault.body);
      return true;
    case 'reset':
      to.socket?.resetAndDestroy();
      return true;
    case 'hang':
      return true;
    default:
      return false;
  }
}

/** What is the matter now. */
interface Matter {
  readonly fault: Fault;
  readonly rewind: Rewind | undefined;
}

async function pass(from: IncomingMessage, to: ServerResponse, port: number, matter: () => Matter): Promise<void> {
  const body = await buffer(from);
  const { fault, rewind } = matter();
  if (strike(to, fault)) return;
  const { method, url = '', headers } = from;
  const sent = rewind?.restoreBody(body) ?? body;
  const onward = request({
    ...{ host: '127.0.0.1', port, method, path: rewind?.restore(url) ?? url },
    headers: sent.length === body.length ? headers : { ...headers, 'content-length': sent.length },
  });
  to.once('close', () => onward.destroy());
  onward.once('error', () => to.destroy());
  onward.once('response', (answer) => void giveBack(answer, url, to, matter));
  onward.end(sent);
}

async function giveBack(
  answer: IncomingMessage,
  path: string,
  to: ServerResponse,
  matter: () => Matter,
): Promise<void> {
  const whole = await buffer(answer);
  const { fault, rewind } = matter();
  const body = rewind?.lowerBody(whole) ?? whole;
  if (fault.type === 'slow') await pause(fault.ms);
  if (to.headersSent || strike(to, fault)) return;
  const headers = Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding');
  const index = Number(answer.headers['x-consul-index']);
  to.writeHead(answer.statusCode ?? 0, {
    ...Object.fromEntries(headers),
    ...(rewind === undefined || Number.isNaN(index) ? {} : { 'x-consul-index': String(rewind.lower(path, index)) }),
    'content-length': body.length,
  });
  if (fault.type !== 'truncate') to.end(body);
  else to.write(body.subarray(0, body.length / 2), () => to.destroy());
}
