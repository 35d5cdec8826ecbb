/** Addresses of sockets in the form that the kernel takes. */
import { AF_INET, AF_INET6, type Syscalls } from './syscalls.ts';

/** Where the port lies in an address of either family. */
export const PORT_AT = 2;
const BYTES_OF = { [AF_INET]: 16, [AF_INET6]: 28 };
const HOST_AT = { [AF_INET]: 4, [AF_INET6]: 8 };
/** The number of the interface that a zone names: `fe80::1%eth0`. */
const ZONE_AT = 24;

export const LONGEST_ADDRESS = BYTES_OF[AF_INET6];

/** How long an address is that was filled in by the kernel. */
export const lengthOf = (address: Uint8Array): number => BYTES_OF[address[0] === AF_INET ? AF_INET : AF_INET6];

/** `sockaddr_in` or `sockaddr_in6`: room for one address after another. */
export class SocketAddress {
  readonly family: number;
  readonly bytes: Uint8Array;
  readonly #host: Uint8Array;
  readonly #zone: DataView;

  constructor(family: keyof typeof BYTES_OF) {
    this.family = family;
    this.bytes = new Uint8Array(BYTES_OF[family]);
    this.bytes[0] = family;
    this.#host = this.bytes.subarray(HOST_AT[family]);
    this.#zone = new DataView(this.bytes.buffer);
  }

  /** False: `address` is not of this family. A zone that is no interface becomes 0, which the kernel refuses where it needs one. */
  set(calls: Syscalls, address: string, port: number): boolean {
    this.bytes[PORT_AT] = port >> 8;
    this.bytes[PORT_AT + 1] = port & 0xff;
    const host = this.family === AF_INET6 ? this.#takeZone(calls, address) : address;
    return calls.parseAddress(this.family, host, this.#host) === 1;
  }

  #takeZone(calls: Syscalls, address: string): string {
    const end = address.indexOf('%');
    const zone = end < 0 ? '' : address.slice(end + 1);
    this.#zone.setUint32(ZONE_AT, zone === '' ? 0 : calls.interfaceIndex(zone), true);
    return end < 0 ? address : address.slice(0, end);
  }
}
