/** `host:port` in text, as Go's `net.SplitHostPort` reads and `net.JoinHostPort` writes it. */

const LARGEST_PORT = 65_535;

/** A host without brackets, and its port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const refuse = (address: string, reason: string): { reason: string } => ({ reason: `address ${address}: ${reason}` });

/** Reads a port number; undefined when it is none. Names of services (`http`) are not looked up. */
export const parsePort = (text: string): number | undefined => {
  const port = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return port <= LARGEST_PORT ? port : undefined;
};

/** Reads `host:port` or `[ipv6]:port`; `reason` is what Go would say. An empty host means this machine. */
export const splitHostPort = (address: string): HostPort | { reason: string } => {
  if (address.startsWith('[') && !address.includes(']')) return refuse(address, "missing ']' in address");
  const colon = address.lastIndexOf(':');
  if (colon === -1 || colon < address.lastIndexOf(']')) return refuse(address, 'missing port in address');
  const written = address.slice(0, colon);
  const host = /^\[.*\]$/.test(written) ? written.slice(1, -1) : written;
  if (host === written && host.includes(':')) return refuse(address, 'too many colons in address');
  if (/[[\]\0\s]/.test(host)) return refuse(address, 'invalid character in host name');
  const port = parsePort(address.slice(colon + 1));
  if (port === undefined) return refuse(address.slice(colon + 1), 'invalid port');
  return { host: host === '' ? '127.0.0.1' : host, port };
};

/** Writes `host:port`, an IPv6 address in brackets. */
export const joinHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
