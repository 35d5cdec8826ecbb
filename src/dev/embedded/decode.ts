/** Reads values as Go's JSON decoder does: names of fields in any case, null for nothing, and its words for what does not fit. */
import { parseGoDuration } from '../../duration.ts';
import { DecodeFault } from './json-body.ts';

/** Makes the value, or throws DecodeFault. `where` is the field as Go names it. */
export type Decoder<T> = (value: unknown, where: string) => T;

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> };

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
};

const misfit = (value: unknown, where: string, type: string): DecodeFault =>
  new DecodeFault(
    where === ''
      ? `json: cannot unmarshal ${kindOf(value)} into Go value of type ${type}`
      : `json: cannot unmarshal ${kindOf(value)} into Go struct field ${where} of type ${type}`,
  );

export const text: Decoder<string> = (value, where) => {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw misfit(value, where, 'string');
  return value;
};

export const flag: Decoder<boolean> = (value, where) => {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw misfit(value, where, 'bool');
  return value;
};

export const number: Decoder<number> = (value, where) => {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number') throw misfit(value, where, 'int');
  return value;
};

/** Digits of a 64-bit number; the parser of bodies made a text of it. */
export const digits: Decoder<string> = (value, where) => {
  if (value === undefined || value === null) return '0';
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))) return String(value);
  throw misfit(value, where, 'uint64');
};

/** Milliseconds; a number is nanoseconds. Undefined: not given. */
export const duration: Decoder<number | undefined> = (value, where) => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value / 1e6;
  const ms = parseGoDuration(text(value, where));
  if (ms === undefined) throw new DecodeFault(`time: invalid duration ${JSON.stringify(value)}`);
  return ms;
};

/** Base64, as Go decodes bytes; null: empty. */
export const bytes: Decoder<string | null> = (value, where) => {
  const coded = text(value, where);
  const fault = /[^A-Za-z0-9+/=]/.exec(coded);
  if (fault !== null) throw new DecodeFault(`illegal base64 data at input byte ${fault.index}`);
  return coded === '' ? null : coded;
};

/** What the server hands through without a look. */
export const anything: Decoder<unknown> = (value) => value;

export const list =
  <T>(item: Decoder<T>, type = '[]string'): Decoder<readonly T[] | null> =>
  (value, where) => {
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value)) throw misfit(value, where, type);
    return value.map((part) => item(part, where));
  };

export const map =
  <T>(item: Decoder<T>, type = 'map[string]string'): Decoder<Readonly<Record<string, T>> | null> =>
  (value, where) => {
    if (value === undefined || value === null) return null;
    if (kindOf(value) !== 'object') throw misfit(value, where, type);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, item(part, where)]));
  };

/** An object with these fields. A strict one refuses fields that it does not know; a lenient one forgets them. */
export const struct = <F extends Fields>(name: string, fields: F, { isStrict = false } = {}): Decoder<Decoded<F>> => {
  const byName = new Map(Object.keys(fields).map((field) => [field.toLowerCase(), field]));
  return (value, where) => {
    if (value !== undefined && value !== null && kindOf(value) !== 'object') throw misfit(value, where, name);
    const given = new Map<string, unknown>();
    for (const [key, part] of Object.entries(value ?? {})) {
      const field = byName.get(key.toLowerCase());
      if (field === undefined && isStrict) throw new DecodeFault(`json: unknown field ${JSON.stringify(key)}`);
      if (field !== undefined) given.set(field, part);
    }
    const own = name.slice(name.lastIndexOf('.') + 1);
    const path = where.includes('.') ? where.slice(where.indexOf('.')) : '';
    const decoded = Object.entries(fields).map(([field, decode]) => [
      field,
      decode(given.get(field), `${own}${path}.${field}`),
    ]);
    return Object.fromEntries(decoded) as Decoded<F>; // safe: each field went through its own decoder
  };
};

/** One that may be missing. */
export const optional =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, where) =>
    value === undefined || value === null ? undefined : decode(value, where);
