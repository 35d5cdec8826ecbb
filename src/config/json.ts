/**
 * Reads JSON with the place of every part, which `JSON.parse` does not tell, and without its error messages, which quote the
 * text. A comma behind the last part is forgiven, as the Go ESM forgives it.
 */
import { checkDepth, SyntaxFault, type BlockValue, type Entry, type ListValue, type Value } from './document.ts';

const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;

/** The text and how far it has been read. */
interface Cursor {
  readonly text: string;
  offset: number;
}

/** Takes what `pattern` matches here, or nothing. */
const take = (cursor: Cursor, pattern: RegExp): string | undefined => {
  pattern.lastIndex = cursor.offset;
  const found = pattern.exec(cursor.text)?.[0];
  cursor.offset += found?.length ?? 0;
  return found;
};

/** The next character that is not blank, still unread. */
const peek = (cursor: Cursor): string => {
  take(cursor, BLANK);
  return cursor.text.charAt(cursor.offset);
};

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'the end of the file'],
  [/["]/, 'a string'],
  [/[-\d]/, 'a number'],
  [/\p{L}/u, 'an unquoted word'],
];

const fault = (cursor: Cursor, allowed: string): SyntaxFault => {
  const char = peek(cursor);
  const kind = KINDS.find(([pattern]) => pattern.test(char))?.[1] ?? `the character ${char}`;
  return new SyntaxFault(cursor.offset, kind, allowed);
};

/** Reads what stands between the brackets: parts with commas between them. */
const readParts = <Part>(cursor: Cursor, close: ']' | '}', readPart: () => Part): Part[] => {
  const parts: Part[] = [];
  cursor.offset += 1;
  while (peek(cursor) !== close) {
    parts.push(readPart());
    const next = peek(cursor);
    if (next === ',') cursor.offset += 1;
    else if (next !== close) throw fault(cursor, `"," or "${close}"`);
  }
  cursor.offset += 1;
  return parts;
};

const readString = (cursor: Cursor): string | undefined => {
  const quoted = take(cursor, STRING);
  return quoted === undefined ? undefined : (JSON.parse(quoted) as string); // safe: STRING matches JSON strings only
};

const readEntry = (cursor: Cursor, depth: number): Entry => {
  const start = cursor.offset;
  const key = readString(cursor);
  if (key === undefined) throw fault(cursor, 'a key in double quotes');
  if (peek(cursor) !== ':') throw fault(cursor, '":" behind a key');
  cursor.offset += 1;
  return { key, offset: start, value: readValue(cursor, depth) };
};

const readBlock = (cursor: Cursor, depth: number): BlockValue => {
  const { offset } = cursor;
  return { type: 'block', entries: readParts(cursor, '}', () => readEntry(cursor, depth + 1)), offset };
};

const readList = (cursor: Cursor, depth: number): ListValue => {
  const { offset } = cursor;
  return { type: 'list', items: readParts(cursor, ']', () => readValue(cursor, depth + 1)), offset };
};

const readValue = (cursor: Cursor, depth: number): Value => {
  const char = peek(cursor);
  const { offset } = cursor;
  checkDepth(depth, offset);
  if (char === '{') return readBlock(cursor, depth);
  if (char === '[') return readList(cursor, depth);
  const text = readString(cursor);
  if (text !== undefined) return { type: 'scalar', value: text, offset };
  if (char === '"')
    throw new SyntaxFault(offset, 'a string that is broken off', 'a string in double quotes, on one line');
  const word = take(cursor, SCALAR);
  if (word === undefined) throw fault(cursor, 'a string in double quotes, a number, true, false, [...] or {...}');
  return { type: 'scalar', value: JSON.parse(word) as number | boolean | null, offset }; // safe: SCALAR matches these only
};

/** Reads a whole file that holds one JSON object. Throws a `SyntaxFault`. */
export const parseJson = (text: string): BlockValue => {
  const cursor = { text, offset: 0 };
  if (peek(cursor) !== '{') throw fault(cursor, 'an object in { }');
  const root = readBlock(cursor, 0);
  if (peek(cursor) !== '') throw fault(cursor, 'nothing behind the object');
  return root;
};
