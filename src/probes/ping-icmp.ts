/** `ping_type = "udp"`: ICMP through the kernel's datagram socket, else through the `ping` program. */
import { isIP } from 'node:net';
import type { Clock, Stopwatch } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import { openIcmpSocket } from './icmp-open.ts';
import { IcmpSocket } from './icmp-socket.ts';
import type { PingOutcome } from './ping.ts';
import type { AddressPing } from './ping-program.ts';

/** A refusal is believed for this long: an operator who opens the range need not restart the daemon. */
const TRY_AGAIN_AFTER_MS = 60_000;

const REMEDIES =
  'open it (sysctl -w net.ipv4.ping_group_range="0 2147483647"), install iputils-ping, or set ping_type = "tcp"';

interface Family {
  opening: Promise<IcmpSocket | EsmError> | undefined;
  open: IcmpSocket | undefined;
  refusedAtMs: number;
}

export interface IcmpPingDeps {
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly fallback: AddressPing;
}

export interface IcmpPing {
  readonly ping: AddressPing;
  /** The socket for an address, when it is open already. */
  openFor(address: string): IcmpSocket | undefined;
  close(): Promise<void>;
}

const familyOf = (address: string): 4 | 6 => (isIP(address) === 6 ? 6 : 4);

/** What ICMP pings share: a socket a family, opened with the first ping and again when it broke. */
export const createIcmpPing = (deps: IcmpPingDeps): IcmpPing => {
  const families: Record<4 | 6, Family> = {
    4: { opening: undefined, open: undefined, refusedAtMs: 0 },
    6: { opening: undefined, open: undefined, refusedAtMs: 0 },
  };
  const open = async (number: 4 | 6): Promise<IcmpSocket | EsmError> => {
    const opened = await openIcmpSocket(number);
    if (opened instanceof EsmError) {
      families[number].refusedAtMs = deps.clock.now();
      return opened;
    }
    const socket = new IcmpSocket(number, opened, deps.stopwatch);
    families[number].open = socket;
    return socket;
  };
  const socketOf = async (number: 4 | 6): Promise<IcmpSocket | EsmError> => {
    const family = families[number];
    const opening = (family.opening ??= open(number));
    const opened = await opening;
    if (family.opening !== opening) return socketOf(number); // another ping has opened it anew meanwhile
    const isStale =
      opened instanceof EsmError
        ? Math.abs(deps.clock.now() - family.refusedAtMs) >= TRY_AGAIN_AFTER_MS
        : opened.isBroken;
    if (!isStale) return opened;
    family.opening = open(number);
    return family.opening;
  };
  const ping = async (address: string, deadline: Deadline): Promise<PingOutcome> => {
    const socket = await socketOf(familyOf(address));
    if (!(socket instanceof EsmError)) {
      return new Promise((resolve) => {
        socket.ask(address, deadline, resolve);
      });
    }
    const outcome = await deps.fallback(address, deadline);
    if (outcome.type !== 'unsent') return outcome;
    const message = `cannot ping: ${socket.message}, and ${outcome.error.message}; ${REMEDIES}`;
    return { type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', message, { cause: socket }) };
  };
  return {
    ping,
    openFor(address) {
      const { open: socket } = families[familyOf(address)];
      return socket?.isBroken === false ? socket : undefined;
    },
    async close() {
      for (const { opening } of Object.values(families)) {
        const opened = await opening;
        if (opened instanceof IcmpSocket) opened.close();
      }
    },
  };
};
