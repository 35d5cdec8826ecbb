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

/** Go lets a value follow its flag whatever it looks like, and gives switches `=true` and `=false`: parseArgs does neither. */
const normalize = (argv: readonly string[]): string[] => {
  const normal: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index] ?? '';
    const [, name = '', value] = /^--?([^-=][^=]*)(?:=([^]*))?$/.exec(arg) ?? [];
    if (PATH_FLAGS.includes(name) && value === undefined) {
      index += 1;
      normal.push(index < argv.length ? `--${name}=${argv[index] ?? ''}` : `--${name}`);
    } else if (name in SWITCHES && /^(?:1|t|true)$/i.test(value ?? 'true')) normal.push(`--${name}`);
    else if (!(name in SWITCHES && /^(?:0|f|false)$/i.test(value ?? '')))
      normal.push(arg.replace(/^--?(?=[^-])/, '--'));
  }
  return normal;
};

const unknownFlag = (name: string): EsmError => {
  const guess = suggest(name, [...PATH_FLAGS, 'version', 'help']);
  return refusal(`flag provided but not defined: -${name}${guess === undefined ? '' : `; did you mean -${guess}?`}`);
};

/** Reads the arguments behind the program's name. Throws `ESM_FLAGS_INVALID`; `-help` and `-version` go before anything else. */
export const parseCommandLine = (argv: readonly string[]): CommandLine => {
  const { tokens } = parseArgs({ args: normalize(argv), strict: false, allowPositionals: true, tokens: true });
  const options = tokens.filter((token) => token.kind === 'option');
  for (const command of ['help', 'version'] as const) {
    if (options.some(({ name }) => SWITCHES[name] === command)) return { command, sources: [] };
  }
  const stray = tokens.find((token) => token.kind === 'positional');
  const sources = options.map(({ name, value }) => {
    if (!PATH_FLAGS.includes(name)) throw unknownFlag(name);
    if (value === undefined || value === '') throw refusal(`flag needs an argument: -${name}`);
    return value;
  });
  if (stray !== undefined) throw refusal(`unexpected argument: ${stray.value}`);
  return { command: 'run', sources };
};
