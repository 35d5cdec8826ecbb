/** Pings nodes in the way the configuration asks for. */
import type { Clock, Stopwatch } from '../clock.ts';
import { EsmError } from '../errors.ts';
import { Deadline } from './deadline.ts';
import { createIcmpPing } from './ping-icmp.ts';
import { createProgramPing } from './ping-program.ts';
import { pingByTcp } from './ping-tcp.ts';
import type { Ping, PingOutcome, PingTarget } from './ping.ts';
import { createResolver, type Resolver } from './resolve.ts';

/** `udp`: ICMP without privilege; `socket`: ICMP by the `ping` program; `tcp`: a connection to a port of the node. */
export type PingType = 'udp' | 'socket' | 'tcp';

export interface PingerOptions {
  readonly pingType: PingType;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  /** Shared with the prober; the pinger's own when not given. */
  readonly resolver?: Resolver;
}

/** Pings. One per process: its sockets and look-ups are shared among all nodes. */
export interface Pinger extends AsyncDisposable {
  /** Asks once. Never rejects; `signal` ends the ping with `aborted`. `timeoutMs` covers the look-up of a name too. */
  readonly ping: Ping;
}

const ownFailure = (cause: unknown): PingOutcome => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', `a ping failed by itself: ${reason}`, { cause }) };
};

/** Makes a {@link Pinger}. Nothing is opened before the first ping. */
export const createPinger = ({ pingType, clock, stopwatch, ...options }: PingerOptions): Pinger => {
  const resolver = options.resolver ?? createResolver(clock);
  const program = createProgramPing(clock);
  const icmp = createIcmpPing({ clock, stopwatch, fallback: program });
  const ask = async ({ address, port }: PingTarget, deadline: Deadline): Promise<PingOutcome> => {
    const resolved = await resolver.resolve(address, deadline);
    if (resolved === 'aborted') return { type: 'aborted' };
    if (resolved === 'expired') return { type: 'silent', detail: `lookup ${address}: i/o timeout` };
    if ('fault' in resolved) return { type: 'silent', detail: resolved.fault };
    if (pingType === 'tcp') return pingByTcp(resolved.addresses, port, deadline, clock, stopwatch);
    const [first = address] = resolved.addresses;
    return pingType === 'socket' ? program(first, deadline) : icmp.ping(first, deadline);
  };
  /** Nearly every ping: to an address known at once, by a socket that is open. */
  const askAtOnce = ({ address }: PingTarget, deadline: Deadline, settle: (outcome: PingOutcome) => void): boolean => {
    const [known] = pingType === 'udp' ? (resolver.known(address) ?? []) : [];
    const socket = known === undefined ? undefined : icmp.openFor(known);
    if (known !== undefined) socket?.ask(known, deadline, settle);
    return socket !== undefined;
  };
  return {
    ping: (target, timeoutMs, signal) =>
      new Promise((resolve) => {
        if (signal.isAborted) {
          resolve({ type: 'aborted' });
          return;
        }
        const deadline = new Deadline(clock, timeoutMs, signal);
        const end = (outcome: PingOutcome): void => {
          deadline[Symbol.dispose]();
          resolve(outcome);
        };
        if (!askAtOnce(target, deadline, end)) void ask(target, deadline).catch(ownFailure).then(end);
      }),
    async [Symbol.asyncDispose]() {
      await icmp.close();
      if (options.resolver === undefined) resolver[Symbol.dispose]();
    },
  };
};
