/** From a host to its addresses by the system's rules. Numbers and names of the hosts file are answered at once. */
import { isIP } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Deadline, Ended } from './deadline.ts';
import { createHostsFile } from './hosts-file.ts';
import { LookupPool } from './lookup-pool.ts';
import type { LookupAnswer } from './lookup-process.ts';

/** No name has so many addresses that a probe could try them all. */
const MOST_ADDRESSES = 16;

/** At least one address, or in Go's words why there is none: `lookup nosuch: no such host`. */
export type Resolved = { readonly addresses: readonly string[] } | { readonly fault: string };

/** Finds addresses; a look-up that hangs delays nobody else. */
export interface Resolver extends Disposable {
  /** The addresses, when they are known without asking anybody. */
  known(host: string): readonly string[] | undefined;
  /** Not a promise when the answer is known without asking anybody. */
  resolve(host: string, deadline: Deadline): Resolved | Promise<Resolved | Ended>;
}

const CODES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  ENODATA: 'no such host',
  EAI_AGAIN: 'Temporary failure in name resolution',
  ETIMEOUT: 'i/o timeout',
};

const toResolved = (host: string, answer: LookupAnswer): Resolved => {
  if (typeof answer === 'string') return { fault: `lookup ${host}: ${CODES[answer] ?? answer}` };
  return answer.length === 0
    ? { fault: `lookup ${host}: no such host` }
    : { addresses: answer.slice(0, MOST_ADDRESSES) };
};

/** The machine's resolver. One process of its own is started with the first name that needs it. */
export const createResolver = (clock: Clock): Resolver => {
  const hosts = createHostsFile(() => clock.now());
  const pool = new LookupPool(clock);
  const known = (host: string): readonly string[] | undefined => (isIP(host) === 0 ? hosts.addressesOf(host) : [host]);
  return {
    known,
    resolve(host, deadline) {
      const local = known(host);
      if (local !== undefined) return { addresses: local };
      // getaddrinfo knows no longer name, and a NUL would cut it short.
      if (host.length > 255 || host.includes('\0')) return { fault: `lookup ${host.slice(0, 255)}: no such host` };
      return deadline.wait((settle) => {
        void pool.lookUp(host).then((answer) => {
          settle(toResolved(host, answer));
        });
        return () => undefined;
      });
    },
    [Symbol.dispose]() {
      pool.dispose();
    },
  };
};
