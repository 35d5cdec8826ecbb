/** What Go's HCL 1 makes of a text, and our parser's answer in the same shape. */
import hclParser from 'hcl-parser';
import jsHclParser from 'js-hcl-parser';
import { SyntaxFault, type BlockValue, type Value } from '../../src/config/document.ts';
import { parseHcl1 } from '../../src/config/hcl/parser.ts';

/** The answer to a text that is refused. */
export const REFUSED = 'refused';

/** hcl-parser's answer. */
export const askHclParser = (text: string): unknown => {
  const [value, error] = hclParser.parse(text);
  return error === null ? value : REFUSED;
};

/** js-hcl-parser's answer. */
export const askJsHclParser = (text: string): unknown => {
  try {
    return JSON.parse(jsHclParser.parse(text));
  } catch {
    return REFUSED;
  }
};

const listItem = (value: Value): unknown => (value.type === 'block' ? blockToGo(value) : toGo(value));

const toGo = (value: Value): unknown => {
  if (value.type === 'scalar') return value.value;
  return value.type === 'list' ? value.items.map(listItem) : [blockToGo(value)];
};

/** Go gathers blocks of one name in a list; of other values the last one stays. */
const blockToGo = (block: BlockValue): Record<string, unknown> => {
  const result = new Map<string, unknown>();
  for (const { key, value } of block.entries) {
    const earlier = result.get(key);
    const isGathered = value.type === 'block' && Array.isArray(earlier);
    result.set(key, isGathered ? [...(earlier as unknown[]), blockToGo(value)] : toGo(value)); // safe: isArray
  }
  return Object.fromEntries(result);
};

/** Our parser's answer, shaped as Go shapes it. */
export const askOurs = (text: string): unknown => {
  try {
    return blockToGo(parseHcl1(text));
  } catch (error) {
    if (error instanceof SyntaxFault) return REFUSED;
    throw error;
  }
};
