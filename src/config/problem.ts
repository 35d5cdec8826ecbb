/** What is wrong with a configuration, said so that whoever wrote it finds the spot. */
import { EsmError } from '../errors.ts';
import { placeAt, type Document, type Place } from './document.ts';

/** Where something was said: a file's path or `environment`, and the place where the parser has one. */
export interface Origin {
  readonly source: string;
  readonly place: Place | undefined;
}

/** One thing wrong. */
export interface Problem {
  readonly origin: Origin;
  /** Key path (`telemetry.statsd_address`), the name of a variable, or empty where the whole file is meant. */
  readonly key: string;
  /** What was found and what is allowed. Never the value of a secret. */
  readonly sentence: string;
}

/** The place of an offset in a file, for a message. */
export const originIn = ({ source, text }: Pick<Document, 'source' | 'text'>, offset: number | undefined): Origin => ({
  source,
  place: offset === undefined ? undefined : placeAt(text, offset),
});

/** Compares two problems of one file by where they stand. */
export const byPlace = (a: Problem, b: Problem): number => {
  const [one, other] = [a.origin.place, b.origin.place];
  if (one === undefined || other === undefined) return 0;
  return one.line - other.line || one.column - other.column;
};

/** `path:line:column: key: sentence`, with what there is of it. */
const formatProblem = ({ origin, key, sentence }: Problem): string => {
  const { source, place } = origin;
  const where = place === undefined ? source : `${source}:${place.line}:${place.column}`;
  return [where, key, sentence].filter((part) => part !== '').join(': ');
};

/** All problems of one load as the one error of this folder, a line each. */
export const toError = (problems: readonly Problem[]): EsmError =>
  new EsmError('ESM_CONFIG_INVALID', problems.map(formatProblem).join('\n'));
