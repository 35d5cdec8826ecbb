/** The command line of the program: a subcommand, or the flags of the daemon. */
import { readFlags, type FlagSet } from './flags.ts';

/** What the user asks for. */
export type CommandLine =
  /** `sources` are configuration files and folders, in the order given. */
  | { readonly command: 'run' | 'version' | 'help'; readonly sources: readonly string[] }
  /** A subcommand, with the arguments behind its name. */
  | { readonly command: 'dev' | 'inspect'; readonly argv: readonly string[] };

/** The answer to `-help`, and the second half of a refusal. */
export const USAGE = `Usage: consul-esm [options]
       consul-esm dev [options]
       consul-esm inspect -url=<url> [options]

  Runs the health checks of external nodes in the Consul catalog. A
  configuration is optional; files may be HCL or JSON, later ones win.

Options:

  -config-file=<path>   A configuration file. May be given several times.
  -config-dir=<path>    A folder whose .hcl and .json files are read in the
                        order of their names. May be given several times.
  -version, -v          Prints the version.
  -help, -h             Prints this text.

Commands, each with a -help of its own:

  dev                   Tries it all out on this terminal: a Consul in memory,
                        targets to make fail, and the daemon.
  inspect               Relays the statecharts of a running daemon to the
                        Stately inspector.
`;

const FLAGS: FlagSet<'version' | 'help'> = {
  command: 'consul-esm',
  values: ['config-file', 'config-dir'],
  switches: { version: 'version', v: 'version', help: 'help', h: 'help' },
};

/** Reads the arguments behind the program's name. Throws `ESM_FLAGS_INVALID`; `-help`, then `-version` go before all else. */
export const parseCommandLine = (argv: readonly string[]): CommandLine => {
  const [first, ...rest] = argv;
  if (first === 'dev' || first === 'inspect') return { command: first, argv: rest };
  const { switches, values } = readFlags(argv, FLAGS);
  for (const command of ['help', 'version'] as const) {
    if (switches.includes(command)) return { command, sources: [] };
  }
  return { command: 'run', sources: values.map(([, value]) => value) };
};
