/** The command line of `consul-esm inspect`. */
import { flagRefusal, readFlags, type FlagSet } from '../../flags.ts';

export interface InspectOptions {
  /** Where the daemon's HTTP surface is. */
  readonly daemon: URL;
  /** Nodes and checks to be followed beside the daemon's own charts; undefined: none. */
  readonly find: string | undefined;
  /** Of 127.0.0.1; 0: any. */
  readonly port: number;
  /** The page that shows it. */
  readonly inspector: URL;
}

/** The answer to `consul-esm inspect -help`. */
export const INSPECT_USAGE = `Usage: consul-esm inspect -url=<url> [options]

  Relays the statecharts of a running daemon to the Stately inspector, a page
  of stately.ai. The daemon must have client_address set; it shows the same,
  without any other page, at /statecharts.

  The relay listens on 127.0.0.1 alone and prints its address. Open it in a
  browser and press its button. What is passed on are states, event types,
  times, and the names of nodes and checks; your browser hands it to that page.

Options:

  -url=<url>            The daemon's client_address, such as
                        http://127.0.0.1:8080.
  -find=<text>          Follows the nodes and checks whose name holds this text
                        as well, nine at most.
  -port=<number>        Where the relay listens; 0 for any. Default: 0.
  -inspector=<url>      Another page that speaks the same protocol. Default:
                        https://stately.ai/inspect.
  -help, -h             Prints this text.
`;

const FLAGS: FlagSet<'help'> = {
  command: 'consul-esm inspect',
  values: ['url', 'find', 'port', 'inspector'],
  switches: { help: 'help', h: 'help' },
};

const readUrl = (name: string, text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const found = JSON.stringify(text);
  throw flagRefusal(
    FLAGS.command,
    `invalid value ${found} for flag -${name}; allowed: http://host:port or https://host:port`,
  );
};

const readPort = (text: string): number => {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  const found = JSON.stringify(text);
  throw flagRefusal(FLAGS.command, `invalid value ${found} for flag -port; allowed: a number from 0 to 65535`);
};

/** Reads the arguments behind `inspect`; undefined: a call for help. Throws `ESM_FLAGS_INVALID`. The last of a flag counts. */
export const readInspectFlags = (argv: readonly string[]): InspectOptions | undefined => {
  const { switches, values } = readFlags(argv, FLAGS);
  if (switches.includes('help')) return undefined;
  const given = new Map(values);
  const url = given.get('url');
  if (url === undefined) throw flagRefusal(FLAGS.command, '-url is missing: where does the daemon listen?');
  return {
    daemon: readUrl('url', url),
    find: given.get('find'),
    port: readPort(given.get('port') ?? '0'),
    inspector: readUrl('inspector', given.get('inspector') ?? 'https://stately.ai/inspect'),
  };
};
