/** The two kinds of text of HCL 1: quoted strings and heredocs, as the Go implementation reads them. */
import { SyntaxFault } from '../document.ts';

/** Text as meant, and the offset behind it. */
export interface ReadText {
  readonly value: string;
  readonly end: number;
}

const ESCAPE = /\\(?:([abfnrtv\\"])|([0-7]{3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/y;

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** A byte of its own beyond ASCII is no text, a lone surrogate neither. */
const isCharacter = (code: number, isByte: boolean): boolean =>
  code <= (isByte ? 0x7f : 0x10ffff) && (code < 0xd800 || code > 0xdfff);

const readEscape = (text: string, start: number): ReadText => {
  ESCAPE.lastIndex = start;
  const [whole, named, octal, hex, short, long] = ESCAPE.exec(text) ?? [];
  const code = octal === undefined ? parseInt(hex ?? short ?? long ?? '0', 16) : parseInt(octal, 8);
  if (whole === undefined || !isCharacter(code, octal !== undefined || hex !== undefined)) {
    throw new SyntaxFault(
      start,
      'an unknown escape',
      '\\n \\t \\r \\a \\b \\f \\v \\" \\\\, three octal digits up to \\177, \\xHH up to \\x7f, \\uHHHH, \\UHHHHHHHH',
    );
  }
  const value = named === undefined ? String.fromCodePoint(code) : (NAMED[named] ?? '');
  return { value, end: start + whole.length };
};

const UNTERMINATED = ['a string without its closing quote', 'a string that ends on its line'] as const;

/** Copies `${...}` as it stands: quotes, escapes and newlines inside are not the string's own. */
const readInterpolation = (text: string, start: number): ReadText => {
  let end = start + 2;
  for (let depth = 1; depth > 0; end += 1) {
    if (end >= text.length) throw new SyntaxFault(start, 'a ${ without its closing brace', '${...}, closed');
    if (text[end] === '{') depth += 1;
    if (text[end] === '}') depth -= 1;
  }
  return { value: text.slice(start, end), end };
};

/** Reads the quoted string whose opening quote is at `start`. Throws a `SyntaxFault`. */
export const readQuoted = (text: string, start: number): ReadText => {
  let value = '';
  let at = start + 1;
  while (text[at] !== '"') {
    const char = text[at];
    if (char === undefined || char === '\n') throw new SyntaxFault(start, ...UNTERMINATED);
    const isRead = char === '\\' || text.startsWith('${', at);
    const part = isRead ? (char === '\\' ? readEscape : readInterpolation)(text, at) : { value: char, end: at + 1 };
    value += part.value;
    at = part.end;
  }
  return { value, end: at + 1 };
};

const HEREDOC = /<<(-?)([\p{L}\p{Nd}_]+)\n/uy;

/** `<<-`: takes the indent of the closing line off every line, if all have it. */
const unindent = (body: string, indent: string): string => {
  const lines = body.split('\n').slice(0, -1);
  if (!lines.every((line) => line.startsWith(indent))) return body;
  return lines.map((line) => `${line.slice(indent.length)}\n`).join('');
};

/** Reads the heredoc whose `<<` is at `start`. The text ends with a newline. Throws a `SyntaxFault`. */
export const readHeredoc = (text: string, start: number): ReadText => {
  HEREDOC.lastIndex = start;
  const [opening, dash, anchor] = HEREDOC.exec(text) ?? [];
  if (opening === undefined || anchor === undefined) {
    throw new SyntaxFault(start, 'a << without its anchor', '<<EOF or <<-EOF, alone at the end of the line');
  }
  const bodyStart = start + opening.length;
  const closing = new RegExp(`^([ \\t]*)${anchor}[ \\t]*$`, 'gmu');
  closing.lastIndex = bodyStart;
  const match = closing.exec(text);
  if (match === null) throw new SyntaxFault(start, 'a heredoc that does not end', 'its anchor alone on a line');
  const [line, indent = ''] = match;
  const body = text.slice(bodyStart, match.index);
  // Without the dash Go keeps the blanks in front of the closing anchor.
  const value = dash === '-' ? unindent(body, indent) : body + indent;
  return { value, end: match.index + line.length };
};
