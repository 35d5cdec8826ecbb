/** The command line of `consul-esm dev`. */
import { toConsulUrl } from '../config/address.ts';
import { allowedAt, foundText, shown } from '../config/allowed.ts';
import type { Config } from '../config/config.ts';
import { keyOf, SCHEMA } from '../config/schema.ts';
import type { EsmError } from '../errors.ts';
import { flagRefusal, type FlagSet, readFlags } from '../flags.ts';

export interface DevOptions {
  /** URL of a real Consul; undefined: one in memory is started. */
  readonly consul: string | undefined;
  /** Where the one in memory listens; 0: anywhere. Undefined: 8500, or anywhere when that is taken. */
  readonly port: number | undefined;
  readonly logLevel: Config['logLevel'];
}

/** The answer to `consul-esm dev -help`. */
export const DEV_USAGE = `Usage: consul-esm dev [options]

  Tries the daemon out on this terminal: starts a Consul in memory and two
  targets, registers them as an external node, runs the daemon in front, and
  prints how to make a target fail. Needs nothing installed and no network.
  Ctrl-C ends all of it, and nothing is left behind.

  The Consul in memory knows what the daemon needs of Consul's HTTP API, and
  forgets all when it ends. It is for trying out, not for production.

Options:

  -consul=<url>         Uses a real Consul instead, such as
                        http://localhost:8500, with the token and TLS files of
                        the CONSUL_* variables. What is put there bears a name
                        of its own and is removed at the end; nodes and
                        instances of others are left alone.
  -port=<number>        Where on 127.0.0.1 the Consul in memory listens; 0 for
                        any free port. Default: 8500, or any when it is taken.
  -log-level=<level>    TRACE, DEBUG, INFO, WARN or ERROR. Default: INFO. DEBUG
                        tells the result of every check.
  -help, -h             Prints this text.
`;

const FLAGS: FlagSet<'help'> = {
  command: 'consul-esm dev',
  values: ['consul', 'port', 'log-level'],
  switches: { help: 'help', h: 'help' },
};

export const refuseFlag = (sentence: string): EsmError => flagRefusal(FLAGS.command, sentence);

const invalid = (name: string, found: string, allowed: string): EsmError =>
  refuseFlag(`invalid value ${found} for flag -${name}; allowed: ${allowed}`);

const readUrl = (text: string): string => {
  const url = toConsulUrl(text, false);
  if (url?.startsWith('http') === true) return url;
  throw invalid('consul', foundText(text, keyOf('http_addr')), 'host:port, http://host:port or https://host:port');
};

const readPort = (text: string): number => {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw invalid('port', shown(text), 'a number from 0 to 65535');
};

const readLevel = (text: string): Config['logLevel'] => {
  const level = SCHEMA.properties.log_level.enum.find((name) => name === text.toUpperCase());
  if (level !== undefined) return level;
  throw invalid('log-level', shown(text), allowedAt(keyOf('log_level')));
};

/** Reads the arguments behind `dev`; undefined: a call for help. Throws `ESM_FLAGS_INVALID`. The last of a flag counts. */
export const readDevFlags = (argv: readonly string[]): DevOptions | undefined => {
  const { switches, values } = readFlags(argv, FLAGS);
  if (switches.includes('help')) return undefined;
  const given = new Map(values);
  const [consul, port] = [given.get('consul'), given.get('port')];
  if (consul !== undefined && port !== undefined) {
    throw refuseFlag('-port is where the Consul in memory listens, and -consul starts none; give one of them');
  }
  return {
    consul: consul === undefined ? undefined : readUrl(consul),
    port: port === undefined ? undefined : readPort(port),
    logLevel: readLevel(given.get('log-level') ?? 'INFO'),
  };
};
