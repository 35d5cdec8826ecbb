/** Where a server listens: the form `host:port`, as `client_address` has it. */

export interface ListenAddress {
  /** A name or an address, IPv6 without its brackets; undefined: every address of this machine. */
  readonly host: string | undefined;
  /** 0: one that the kernel chooses. */
  readonly port: number;
}

const FORM = /^(?:\[(?<v6>[\da-fA-F:.]+(?:%\w+)?)\]|(?<name>[^\s:/@[\]?#]*)):(?<port>\d{1,5})$/;

/** Reads `host:port`, `[IPv6]:port` or `:port`; undefined: it is none of these. */
export const parseListenAddress = (text: string): ListenAddress | undefined => {
  const { v6, name, port } = FORM.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) return undefined;
  const host = v6 ?? name ?? '';
  return { host: host === '' ? undefined : host, port: Number(port) };
};

/** The address as a URL has it: `[::1]:8080`. */
export const shownAddress = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
