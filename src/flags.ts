/** Flags in Go's style: one dash or two, a value behind `=` or as the next argument. */
import { parseArgs } from 'node:util';
import { suggest } from './config/suggest.ts';
import { EsmError } from './errors.ts';

/** The flags that a command takes. */
export interface FlagSet<Switch extends string> {
  /** How the command is called: `consul-esm`. Its `-help` lists the flags. */
  readonly command: string;
  /** Flags that want a value. */
  readonly values: readonly string[];
  /** Flags without, under all their names, each with what it stands for. */
  readonly switches: Readonly<Record<string, Switch>>;
}

/** What was given: switches, or else the values in their order. */
export interface Flags<Switch extends string> {
  readonly switches: readonly Switch[];
  readonly values: readonly (readonly [name: string, value: string])[];
}

const FLAG = /^--?([^-=][^=]*)(?:=([^]*))?$/;

/** A refusal of the command line, with where to read on. */
export const flagRefusal = (command: string, sentence: string): EsmError =>
  new EsmError('ESM_FLAGS_INVALID', `${sentence}\n${command} -help lists the flags.`);

/** The flags as parseArgs wants them: two dashes, `=` before a value whatever it looks like, a switch without `=true`. */
const normalize = ([arg, ...rest]: readonly string[], flags: FlagSet<string>): string[] => {
  if (arg === undefined || arg === '--') return arg === undefined ? [] : [arg, ...rest];
  const [, name, value] = FLAG.exec(arg) ?? [];
  if (name === undefined) return [arg, ...normalize(rest, flags)];
  if (flags.values.includes(name) && value === undefined && rest.length > 0) {
    return [`--${name}=${rest[0] ?? ''}`, ...normalize(rest.slice(1), flags)];
  }
  const isSwitch = Object.hasOwn(flags.switches, name);
  if (isSwitch && /^(?:0|f|false)$/i.test(value ?? '')) return normalize(rest, flags);
  if (isSwitch && /^(?:1|t|true)$/i.test(value ?? '')) return [`--${name}`, ...normalize(rest, flags)];
  return [arg.replace(/^--?/, '--'), ...normalize(rest, flags)];
};

const unknownFlag = (name: string, { command, values, switches }: FlagSet<string>): EsmError => {
  const guess = suggest(name, [...values, ...Object.keys(switches).filter((known) => known.length > 1)]);
  const hint = guess === undefined ? '' : `; did you mean -${guess}?`;
  return flagRefusal(command, `flag provided but not defined: -${name}${hint}`);
};

const readValue = (name: string, value: string | undefined, flags: FlagSet<string>): readonly [string, string] => {
  if (Object.hasOwn(flags.switches, name)) {
    const found = JSON.stringify(value);
    throw flagRefusal(flags.command, `invalid value ${found} for flag -${name}; allowed: true or false`);
  }
  if (!flags.values.includes(name)) throw unknownFlag(name, flags);
  if (value === undefined || value === '') throw flagRefusal(flags.command, `flag needs an argument: -${name}`);
  return [name, value];
};

/** Reads arguments. Throws `ESM_FLAGS_INVALID`, unless there is a switch: a call for help forgives what else is wrong. */
export const readFlags = <Switch extends string>(argv: readonly string[], flags: FlagSet<Switch>): Flags<Switch> => {
  const args = normalize(argv, flags);
  const { tokens } = parseArgs({ args, strict: false, allowPositionals: true, tokens: true });
  const options = tokens.filter((token) => token.kind === 'option');
  const isSwitch = (name: string): boolean => Object.hasOwn(flags.switches, name);
  const switches = options
    .filter(({ name, value }) => value === undefined && isSwitch(name))
    .flatMap(({ name }) => flags.switches[name] ?? []);
  if (switches.length > 0) return { switches, values: [] };
  const values = options.map(({ name, value }) => readValue(name, value, flags));
  const stray = tokens.find((token) => token.kind === 'positional');
  if (stray !== undefined) throw flagRefusal(flags.command, `unexpected argument: ${stray.value}`);
  return { switches, values };
};
