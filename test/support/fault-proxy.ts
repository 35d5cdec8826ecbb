/** A proxy before a test's Consul that does harm to requests and answers for as long as it is told. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

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
  | { readonly type: 'truncate' };

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
  const open = new Set<ServerResponse>();
  const server = createServer((from, to) => {
    open.add(to);
    to.once('close', () => open.delete(to));
    void pass(from, to, targetPort, () => fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // safe: it listens on a port, not on a pipe
    fail(next) {
      fault = next;
      for (const to of open) strike(to, next);
    },
    recover() {
      fault = { type: 'none' };
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

async function pass(from: IncomingMessage, to: ServerResponse, port: number, fault: () => Fault): Promise<void> {
  const body = await buffer(from);
  if (strike(to, fault())) return;
  const { method, url: path, headers } = from;
  const onward = request({ host: '127.0.0.1', port, method, path, headers });
  to.once('close', () => onward.destroy());
  onward.once('error', () => to.destroy());
  onward.once('response', (answer) => void giveBack(answer, to, fault));
  onward.end(body);
}

async function giveBack(answer: IncomingMessage, to: ServerResponse, fault: () => Fault): Promise<void> {
  const body = await buffer(answer);
  const now = fault();
  if (now.type === 'slow') await pause(now.ms);
  if (to.headersSent || strike(to, now)) return;
  const headers = Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding');
  to.writeHead(answer.statusCode ?? 0, { ...Object.fromEntries(headers), 'content-length': body.length });
  if (now.type !== 'truncate') to.end(body);
  else to.write(body.subarray(0, body.length / 2), () => to.destroy());
}
