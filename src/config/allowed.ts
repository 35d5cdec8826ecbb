/** Says in words what the schema allows and what was found instead. */
import type { Value } from './document.ts';
import type { Key } from './schema/key.ts';

const LONGEST_SHOWN = 60;

const FORMATS = {
  duration: 'a duration such as "10s" or "1h30m"',
  address: '"host:port", "http://host:port", "https://host:port" or "unix:///path"',
  'host:port': '"host:port", "[IPv6]:port" or ":port"',
  file: 'the path of a readable file',
  folder: 'the path of a readable folder',
} as const;

const quoteAll = (words: readonly string[]): string => {
  const quoted = words.map((word) => `"${word}"`);
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter((part) => part !== '').join(' or ');
};

const allowedText = ({ format, atLeast }: Extract<Key, { type: 'string' }>): string => {
  const what = format === undefined ? 'a string in quotes' : FORMATS[format];
  if (atLeast === undefined) return what;
  return atLeast === '0s' ? `${what}, not negative` : `${what}, at least ${atLeast}`;
};

const allowedBlock = (key: Extract<Key, { type: 'object' }>): string => {
  if ('properties' in key) return 'one block, key { ... }';
  return key.minProperties > 0 ? 'a block of key = "value", at least one' : 'a block of key = "value"';
};

/** What may stand at `key`, for the second half of a message. */
export const allowedAt = (key: Key): string => {
  if (typeof key.type !== 'string') return `"auto" or a whole number without quotes, at least ${key.minimum}`;
  switch (key.type) {
    case 'string':
      return key.enum === undefined ? allowedText(key) : quoteAll(key.enum);
    case 'boolean':
      return 'true or false, without quotes';
    case 'integer':
      return `a whole number without quotes, at least ${key.minimum}`;
    case 'array':
      return 'a list of strings, ["...", "..."]';
    case 'object':
      return allowedBlock(key);
  }
};

const KINDS = { string: 'a string', number: 'a number', boolean: 'true or false', object: 'nothing' } as const;

/** A text in quotes, cut where it is long. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text);

/** A text found at `key`. Of a secret only that there is one is told, of an address not the name and password in it. */
export const foundText = (text: string, key: Key): string => {
  if (key.secret === true) return KINDS.string;
  const isAddress = key.type === 'string' && key.format === 'address';
  if (!isAddress || !text.includes('@')) return shown(text);
  return `${shown(text.replace(/^(\w+:\/\/)?.*@/s, '$1...@'))}, whose name and password belong in CONSUL_HTTP_AUTH`;
};

/** What stands at `key`, for the first half of a message. */
export const foundAt = (value: Value, key: Key): string => {
  if (value.type === 'list') return value.items.length === 0 ? 'an empty list' : 'a list';
  if (value.type === 'block') return value.entries.length === 0 ? 'an empty block' : 'a block';
  const scalar = value.value;
  if (typeof scalar === 'string') return foundText(scalar, key);
  return key.secret === true ? KINDS[typeof scalar as keyof typeof KINDS] : String(scalar); // safe: one of these kinds
};
