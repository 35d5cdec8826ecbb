/** `filter=`: selectors of text with `==`, `!=`, `matches`, `and`, `or`, `not` and brackets. The rest of the language is missing. */
import { readRefusal } from './reading.ts';
import { type EmbeddedRequest, parameter } from './request.ts';

type Fields = Readonly<Record<string, unknown>>;
type Test = (record: Fields) => boolean;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[()]|==|!=|[^\s()=!]+)/y;

/** The records that the question's filter lets through. Throws 500 when it cannot be read. */
export function filtered<T extends object>(request: EmbeddedRequest, records: readonly T[]): readonly T[] {
  const source = parameter(request, 'filter');
  if (source === undefined) return records;
  const test = new Parser(tokensOf(source)).whole();
  return records.filter((record) => test(record as Fields)); // safe: a lookup of a field by its name
}

function tokensOf(source: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(source); found !== null; found = TOKEN.exec(source)) tokens.push(found[1] ?? '');
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Test {
    const test = this.#either();
    if (this.#at < this.#tokens.length) throw broken(this.#peek());
    return test;
  }

  #either(): Test {
    let test = this.#both();
    while (this.#skip('or')) {
      const [left, right] = [test, this.#both()];
      test = (record) => left(record) || right(record);
    }
    return test;
  }

  #both(): Test {
    let test = this.#one();
    while (this.#skip('and')) {
      const [left, right] = [test, this.#one()];
      test = (record) => left(record) && right(record);
    }
    return test;
  }

  #one(): Test {
    if (this.#skip('not')) {
      const test = this.#one();
      return (record) => !test(record);
    }
    if (!this.#skip('(')) return this.#match();
    const test = this.#either();
    if (!this.#skip(')')) throw broken(this.#peek());
    return test;
  }

  #match(): Test {
    const field = this.#next();
    const isNot = this.#skip('not');
    const operator = this.#next();
    const value = unquoted(this.#next());
    if (operator === '==') return (record) => record[field] === value;
    if (operator === '!=') return (record) => record[field] !== value;
    if (operator !== 'matches') throw broken(operator);
    const pattern = new RegExp(value);
    return (record) => pattern.test(String(record[field])) !== isNot;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #next(): string {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #skip(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }
}

const unquoted = (token: string): string => (token.startsWith('"') ? String(JSON.parse(token)) : token);

const broken = (token: string) =>
  readRefusal(`Failed to create boolean expression evaluator: at ${JSON.stringify(token)}`);
