/** The one gateway to Consul: both planes share address, TLS, token, time-outs and error codes. */
import type { Clock, Random } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { ProxyEnv } from '../proxy.ts';
import { parseAddress } from './address.ts';
import type { Answer } from './answer.ts';
import { type Control, type ControlAnswer, type ControlCall, createControl } from './control.ts';
import { withDeadline } from './deadline.ts';
import { lostAnswer } from './errors.ts';
import { detourTo } from './proxied.ts';
import { type ConsulTls, loadTls } from './tls.ts';
import { type Call, CONNECTIONS, createTransport, type Transport } from './transport.ts';

export interface ConsulOptions {
  /** `host:port`, `http://`, `https://` or `unix://`. */
  readonly httpAddr: string;
  /** Empty: anonymous. */
  readonly token: string;
  /** `user:password` for basic authentication; empty: none. */
  readonly httpAuth: string;
  /** Empty: the agent's own. */
  readonly datacenter: string;
  /** Enterprise only; empty: the default one. */
  readonly partition: string;
  readonly tls: ConsulTls;
  readonly clock: Clock;
  readonly random: Random;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. Default: the process's environment. */
  readonly env?: ProxyEnv;
  /** What requests travel by. Default: HTTP, as address, TLS files and proxy ask for it. */
  readonly planes?: Planes;
}

/** The two ways to Consul: one for the bulk, one for the calls that the package `consul` models. */
export interface Planes {
  readonly transport: Transport;
  readonly control: Control;
}

export interface ConsulClient {
  /** Scheme, host and port, for messages. */
  readonly address: string;
  readonly partition: string;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Data plane. Resolves to an answer of whatever status; rejects with `ESM_CONSUL_UNAVAILABLE` when there was none, or
   * with the reason of `signal`.
   */
  ask(call: Call, signal: AbortSignal): Promise<Answer>;
  /** Control plane; the same promises. `what` names the call in an error; `timeoutMs` is 10 s by default. */
  control(what: string, run: ControlCall, signal: AbortSignal, timeoutMs?: number): Promise<ControlAnswer>;
  /** From the next request on. */
  setToken(token: string): void;
  /** Reads the TLS files anew, or those of other settings. Rejects with `ESM_CONFIG_INVALID` and keeps what it has. */
  reloadTls(tls?: ConsulTls): Promise<void>;
  /** Ends all requests and connections. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Makes a client; nothing is sent yet. Rejects with `ESM_CONFIG_INVALID` when address or TLS files are no good. */
export async function createConsul(options: ConsulOptions): Promise<ConsulClient> {
  const address = parseAddress(options.httpAddr);
  const { clock, datacenter, partition, env = process.env } = options;
  const auth =
    options.httpAuth === '' ? {} : { authorization: `Basic ${Buffer.from(options.httpAuth).toString('base64')}` };
  const scope = { ...(datacenter === '' ? {} : { dc: datacenter }), ...(partition === '' ? {} : { partition }) };
  const isScoped = Object.keys(scope).length > 0;
  const open = async (settings: ConsulTls): Promise<Planes> => {
    if (options.planes !== undefined) return options.planes;
    const loaded = address.origin.protocol === 'https:' ? await loadTls(settings) : undefined;
    const detour = detourTo(address, loaded, CONNECTIONS, env);
    return {
      transport: createTransport(address, loaded, detour?.dispatcher),
      control: createControl(address, loaded, auth, detour),
    };
  };
  let { token, tls } = options;
  let planes = await open(tls);

  const lost = (what: string, error: unknown, signal: AbortSignal): unknown =>
    signal.aborted || error instanceof EsmError ? error : lostAnswer(what, address.shown, error);

  return {
    address: address.shown,
    partition,
    clock,
    random: options.random,
    async ask(call, signal) {
      const headers = { ...auth, ...(token === '' ? {} : { 'x-consul-token': token }) };
      const scoped = isScoped ? { ...call, query: [...(call.query ?? []), ...Object.entries(scope)] } : call;
      try {
        return await withDeadline(clock, call.timeoutMs ?? TIMEOUT_MS, signal, (both) =>
          planes.transport.send(scoped, headers, both),
        );
      } catch (error) {
        throw lost(`${call.method} ${call.path}`, error, signal);
      }
    },
    async control(what, run, signal, timeoutMs = TIMEOUT_MS) {
      const given = { ...scope, ...(token === '' ? {} : { token }) };
      try {
        return await withDeadline(clock, timeoutMs, signal, (both) => planes.control.call(run, given, both));
      } catch (error) {
        throw lost(what, error, signal);
      }
    },
    setToken(next) {
      token = next;
    },
    async reloadTls(next = tls) {
      const opened = await open(next);
      const { transport, control } = planes;
      planes = opened;
      tls = next;
      transport.close();
      control.close();
    },
    async close() {
      planes.control.close();
      await planes.transport.destroy();
    },
  };
}
