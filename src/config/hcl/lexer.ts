/** Cuts HCL 1 into tokens, as the Go implementation does. */
import { SyntaxFault } from '../document.ts';
import { readHeredoc, readQuoted } from './strings.ts';

/** One token. `offset` is where it begins. */
export type Token =
  | { readonly type: 'word'; readonly value: string; readonly offset: number }
  | { readonly type: 'string' | 'heredoc'; readonly value: string; readonly offset: number }
  | { readonly type: 'number'; readonly value: number; readonly offset: number }
  | { readonly type: 'boolean'; readonly value: boolean; readonly offset: number }
  | { readonly type: (typeof PUNCTUATION)[number]; readonly offset: number }
  | { readonly type: 'end'; readonly offset: number };

/** A token and the offset behind it. */
interface Cut {
  readonly token: Token;
  readonly end: number;
}

const BLANK = /(?:\s|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const WORD = /[\p{L}_][\p{L}\p{Nd}_.-]*/uy;
const NUMBER = /-?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const OCTAL = /^-?0\d+$/;
const PUNCTUATION = ['=', '{', '}', '[', ']', ','] as const;

const matchAt = (pattern: RegExp, text: string, offset: number): string | undefined => {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
};

/** Go reads integers in base 16 after `0x`, in base 8 after `0`. */
const toNumber = (digits: string, offset: number): number => {
  const sign = digits.startsWith('-') ? -1 : 1;
  if (/^-?0[xX]/.test(digits)) return sign * Number(digits.replace('-', ''));
  if (!OCTAL.test(digits)) return Number(digits);
  if (/[89]/.test(digits)) throw new SyntaxFault(offset, 'an 8 or 9 in an octal number', 'a number without leading 0');
  return sign * parseInt(digits.replace('-', ''), 8);
};

const cutNumber = (text: string, offset: number, digits: string): Cut => {
  const end = offset + digits.length;
  if (/[\p{L}\p{Nd}_.]/u.test(text.charAt(end))) {
    throw new SyntaxFault(offset, 'a number with letters behind it', 'a plain number; a duration in quotes: "10s"');
  }
  return { token: { type: 'number', value: toNumber(digits, offset), offset }, end };
};

const cutWord = (offset: number, word: string): Cut => {
  const end = offset + word.length;
  if (word !== 'true' && word !== 'false') return { token: { type: 'word', value: word, offset }, end };
  return { token: { type: 'boolean', value: word === 'true', offset }, end };
};

const cut = (text: string, offset: number): Cut => {
  const char = text.charAt(offset);
  if (char === '') return { token: { type: 'end', offset }, end: offset };
  const mark = PUNCTUATION.find((punctuation) => punctuation === char);
  if (mark !== undefined) return { token: { type: mark, offset }, end: offset + 1 };
  if (char === '"' || text.startsWith('<<', offset)) {
    const { value, end } = (char === '"' ? readQuoted : readHeredoc)(text, offset);
    return { token: { type: char === '"' ? 'string' : 'heredoc', value, offset }, end };
  }
  const word = matchAt(WORD, text, offset);
  if (word !== undefined) return cutWord(offset, word);
  const digits = matchAt(NUMBER, text, offset);
  if (digits !== undefined) return cutNumber(text, offset, digits);
  if (text.startsWith('/*', offset)) throw new SyntaxFault(offset, 'a comment that does not end', '/* ... */');
  throw new SyntaxFault(offset, `the character ${char}`, 'key = value with strings in "double quotes", or key { ... }');
};

/** All tokens of `text`, the last one `end`. Line ends must be `\n`. Throws a `SyntaxFault`. */
export const tokenize = (text: string): Token[] => {
  const tokens: Token[] = [];
  for (let offset = 0; ;) {
    offset += matchAt(BLANK, text, offset)?.length ?? 0;
    const { token, end } = cut(text, offset);
    tokens.push(token);
    if (token.type === 'end') return tokens;
    offset = end;
  }
};
