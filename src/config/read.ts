/** From bytes to a document: JSON, HCL 1 or HCL 2, decided by what the file holds, not by its ending. */
import { SyntaxFault, type BlockValue, type Document } from './document.ts';
import { parseHcl2 } from './hcl/hcl2.ts';
import { parseHcl1 } from './hcl/parser.ts';
import { parseJson } from './json.ts';
import { originIn, type Problem } from './problem.ts';

/** Windows editors put a mark in front and two characters at the end of a line; the decoder takes the mark away. */
const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
};

/** Runs a parser; a fault is an answer too. */
const attempt = (parser: (text: string) => BlockValue, text: string): BlockValue | SyntaxFault => {
  try {
    return parser(text);
  } catch (error) {
    if (error instanceof SyntaxFault) return error;
    throw error;
  }
};

/** Only JSON begins with a bracket. What neither HCL 1 nor HCL 2 can read is explained by HCL 1's parser. */
const parse = async (text: string): Promise<BlockValue | SyntaxFault> => {
  if (/^\s*[{[]/.test(text)) return attempt(parseJson, text);
  const read = attempt(parseHcl1, text);
  return read instanceof SyntaxFault ? ((await parseHcl2(text)) ?? read) : read;
};

/** Reads one file's bytes. Resolves to its document, or to the one problem that keeps it from being read. */
export const readDocument = async (source: string, bytes: Uint8Array): Promise<Document | Problem> => {
  const text = decode(bytes);
  if (text === undefined) {
    return { origin: { source, place: undefined }, key: '', sentence: 'found bytes that are no text; allowed: UTF-8' };
  }
  const root = await parse(text);
  if (!(root instanceof SyntaxFault)) return { source, text, root };
  return { origin: originIn({ source, text }, root.offset), key: '', sentence: root.message };
};
