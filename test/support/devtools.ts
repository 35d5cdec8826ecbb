/** The Chrome DevTools protocol: calls and events as JSON on one WebSocket. */
import { once } from 'node:events';
import { WebSocket } from 'undici';

/** What the protocol says of a call or an event; its own documentation tells what is in it. */
type Said = Readonly<Record<string, unknown>>;

export interface DevTools {
  /** Rejects with the protocol's error, and when the browser has gone. `session`: of a page; none: the browser itself. */
  call(method: string, params?: Said, session?: string): Promise<Said>;
  on(session: string, method: string, listener: (params: Said) => void): void;
}

interface Message {
  readonly id?: number;
  readonly result?: Said;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Said;
  readonly sessionId?: string;
}

interface Pending {
  resolve(result: Said): void;
  reject(error: Error): void;
}

export async function connectDevTools(url: string): Promise<DevTools> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, (params: Said) => void>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message; // safe: what the protocol sends
    if (message.id === undefined) {
      listeners.get(`${message.sessionId ?? ''} ${message.method ?? ''}`)?.(message.params ?? {});
      return;
    }
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (message.error === undefined) call?.resolve(message.result ?? {});
    else call?.reject(new Error(message.error.message));
  });
  socket.addEventListener('close', () => {
    for (const call of pending.values()) call.reject(new Error('the browser has gone'));
  });
  return {
    call: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        last += 1;
        pending.set(last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      }),
    on(session, method, listener) {
      listeners.set(`${session} ${method}`, listener);
    },
  };
}
