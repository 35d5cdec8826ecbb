/**
 * Reads HCL 1, the language of configuration files of Consul's family: `key = value`, `key { ... }`, `"quoted key" = ...`,
 * `key "label" { ... }`, lists, heredocs, three kinds of comments. What it accepts is what the Go implementation accepts.
 */
import { checkDepth, SyntaxFault, type BlockValue, type Entry, type ListValue, type Value } from '../document.ts';
import { tokenize, type Token } from './lexer.ts';

/** The tokens still to be read. */
interface Cursor {
  peek(): Token;
  take(): Token;
}

const cursorOver = (tokens: readonly Token[]): Cursor => {
  let next = 0;
  const peek = (): Token => tokens[next] ?? { type: 'end', offset: 0 };
  return {
    peek,
    take: () => {
      const token = peek();
      next += 1;
      return token;
    },
  };
};

const NAMES = {
  word: 'an unquoted word',
  string: 'a string',
  heredoc: 'a heredoc',
  number: 'a number',
  boolean: 'true or false',
} as const;

const nameOf = ({ type }: Token): string => {
  if (type === 'end') return 'the end of the file';
  return type in NAMES ? NAMES[type as keyof typeof NAMES] : `"${type}"`; // safe: `in` has just said so
};

const fault = (token: Token, allowed: string): SyntaxFault => new SyntaxFault(token.offset, nameOf(token), allowed);

const A_VALUE = 'a value: a string in quotes, a number, true, false, a [list] or a { block }';

const readValue = (cursor: Cursor, depth: number): Value => {
  const token = cursor.peek();
  checkDepth(depth, token.offset);
  switch (token.type) {
    case 'string':
    case 'heredoc':
    case 'number':
    case 'boolean':
      cursor.take();
      return { type: 'scalar', value: token.value, offset: token.offset };
    case '{':
      return readBlock(cursor, depth);
    case '[':
      return readList(cursor, depth);
    default:
      throw fault(token, A_VALUE);
  }
};

const readList = (cursor: Cursor, depth: number): ListValue => {
  const { offset } = cursor.take();
  const items: Value[] = [];
  while (cursor.peek().type !== ']') {
    items.push(readValue(cursor, depth + 1));
    const token = cursor.peek();
    if (token.type === ',') cursor.take();
    else if (token.type !== ']') throw fault(token, 'a comma or the end of the list');
  }
  cursor.take();
  return { type: 'list', items, offset };
};

const readBlock = (cursor: Cursor, depth: number): BlockValue => {
  checkDepth(depth, cursor.peek().offset);
  const { offset } = cursor.take();
  const entries = readEntries(cursor, '}', depth + 1);
  cursor.take();
  return { type: 'block', entries, offset };
};

const BEHIND_KEY = '"=" or "{" behind a key';
const BEHIND_LABEL = 'one key, "=" and a value, or "{" behind a label';

/** `a "b" { ... }` is `a` holding a block that holds `b`. */
const readLabelled = (cursor: Cursor, depth: number, allowed: string): Value => {
  const token = cursor.peek();
  checkDepth(depth, token.offset);
  if (token.type === '{') return readBlock(cursor, depth);
  if (token.type !== 'word' && token.type !== 'string') throw fault(token, allowed);
  cursor.take();
  const { value: key, offset } = token;
  return { type: 'block', entries: [{ key, offset, value: readLabelled(cursor, depth + 1, BEHIND_LABEL) }], offset };
};

const readEntry = (cursor: Cursor, depth: number): Entry => {
  const token = cursor.take();
  if (token.type !== 'word' && token.type !== 'string') throw fault(token, depth === 0 ? 'a key' : 'a key or "}"');
  const { value: key, offset } = token;
  if (cursor.peek().type !== '=') return { key, offset, value: readLabelled(cursor, depth, BEHIND_KEY) };
  cursor.take();
  return { key, offset, value: readValue(cursor, depth) };
};

const readEntries = (cursor: Cursor, until: '}' | 'end', depth: number): Entry[] => {
  const entries: Entry[] = [];
  while (cursor.peek().type !== until) {
    entries.push(readEntry(cursor, depth));
    if (cursor.peek().type === ',') cursor.take();
  }
  return entries;
};

/** Reads a whole file, line ends `\n`. Throws a `SyntaxFault`. */
export const parseHcl1 = (text: string): BlockValue => {
  const cursor = cursorOver(tokenize(text));
  return { type: 'block', entries: readEntries(cursor, 'end', 0), offset: 0 };
};
