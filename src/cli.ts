/** The command line: flags in Go's style, one dash or two. */
import { parseArgs } from 'node:util';
import { suggest } from './config/suggest.ts';
import { EsmError } from './errors.ts';

/** What the user asks for. `sources` are configuration files and folders, in the order given. */
export interface CommandLine {
  readonly command: 'run' | 'version' | 'help';
  readonly sources: readonly string[];
}

/** The answer to `-help`, and the second half of a refusal. */
export const USAGE = `Usage: consul-esm [options]

  Runs the health checks of external nodes in the Consul catalog. A
  configuration is optional; files may be HCL or JSON, later ones win.

Options:

  -config-file=<path>   A configuration file. May be given several times.
  -config-dir=<path>    A folder whose .hcl and .json files are read in the
                        order of their names. May be given several times.
  -version, -v          Prints the version.
  -help, -h             Prints this text.
`;

const PATH_FLAGS: readonly string[] = ['config-file', 'config-dir'];
const SWITCHES: Readonly<Record<string, 'version' | 'help'>> = {
  version: 'version',
  v: 'version',
  help: 'help',
  h: 'help',
};

const refusal = (sentence: string): EsmError =>
  new EsmError('ESM_FLAGS_INVALID', `${sentence}\nconsul-esm -help lists the flags.`);

const FLAG = /^--?([^-=][^=]*)(?:=([^]*))?$/;

/** The flags as parseArgs wants them: two dashes, `=` before a value whatever it looks like, a switch without `=true`. */
const normalize = ([arg, ...rest]: readonly string[]): string[] => {
  if (arg === undefined || arg === '--') return arg === undefined ? [] : [arg, ...rest];
  const [, name, value] = FLAG.exec(arg) ?? [];
  if (name === undefined) return [arg, ...normalize(rest)];
  if (PATH_FLAGS.includes(name) && value === undefined && rest.length > 0) {
    return [`--${name}=${rest[0] ?? ''}`, ...normalize(rest.slice(1))];
  }
  const isSwitch = Object.hasOwn(SWITCHES, name);
  if (isSwitch && /^(?:0|f|false)$/i.test(value ?? '')) return normalize(rest);
  if (isSwitch && /^(?:1|t|true)$/i.test(value ?? '')) return [`--${name}`, ...normalize(rest)];
  return [arg.replace(/^--?/, '--'), ...normalize(rest)];
};

const unknownFlag = (name: string): EsmError => {
  const guess = suggest(name, [...PATH_FLAGS, 'version', 'help']);
  return refusal(`flag provided but not defined: -${name}${guess === undefined ? '' : `; did you mean -${guess}?`}`);
};

const toSource = (name: string, value: string | undefined): string => {
  if (Object.hasOwn(SWITCHES, name)) {
    throw refusal(`invalid value ${JSON.stringify(value)} for flag -${name}; allowed: true or false`);
  }
  if (!PATH_FLAGS.includes(name)) throw unknownFlag(name);
  if (value === undefined || value === '') throw refusal(`flag needs an argument: -${name}`);
  return value;
};

/** Reads the arguments behind the program's name. Throws `ESM_FLAGS_INVALID`; `-help`, then `-version` go before all else. */
export const parseCommandLine = (argv: readonly string[]): CommandLine => {
  const { tokens } = parseArgs({ args: normalize(argv), strict: false, allowPositionals: true, tokens: true });
  const options = tokens.filter((token) => token.kind === 'option');
  const switches = options.filter(({ value }) => value === undefined).map(({ name }) => SWITCHES[name]);
  for (const command of ['help', 'version'] as const) {
    if (switches.includes(command)) return { command, sources: [] };
  }
  const sources = options.map(({ name, value }) => toSource(name, value));
  const stray = tokens.find((token) => token.kind === 'positional');
  if (stray !== undefined) throw refusal(`unexpected argument: ${stray.value}`);
  return { command: 'run', sources };
};
