/** HCL 2, by way of hcl2-parser, which tells no places and no reasons: a file that needs it loads 4 MB of compiled Go. */
import type { BlockValue, Entry, ScalarValue, Value } from '../document.ts';

/** What we use of hcl2-parser: the value and an error; the package has no usable types. */
interface Hcl2Parser {
  parseToObject(text: string): readonly [unknown, unknown];
}

const hasExpression = (text: string): boolean => /[$%]\{/.test(text);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const toEntry = ([key, value]: [string, unknown]): Entry => ({ key, offset: undefined, value: toValue(value) });

const isScalar = (value: unknown): value is ScalarValue['value'] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const toValue = (value: unknown): Value => {
  if (Array.isArray(value)) return { type: 'list', items: value.map(toValue), offset: undefined };
  if (isRecord(value)) return { type: 'block', entries: Object.entries(value).map(toEntry), offset: undefined };
  return { type: 'scalar', value: isScalar(value) ? value : null, offset: undefined };
};

/** hcl2-parser gives `${name}` for an expression, and for `"$${name}"` alike; such a text must never pass for a setting. */
const isPlain = (value: Value): boolean => {
  switch (value.type) {
    case 'scalar':
      return typeof value.value !== 'string' || !hasExpression(value.value);
    case 'list':
      return value.items.every(isPlain);
    case 'block':
      return value.entries.every((entry) => isPlain(entry.value));
  }
};

/** Reads a whole file; undefined when it is not HCL 2 either, or holds expressions instead of plain values. */
export const parseHcl2 = async (text: string): Promise<BlockValue | undefined> => {
  const module = (await import('hcl2-parser')) as { default: Hcl2Parser }; // safe: CommonJS, as its README shows it
  try {
    const [parsed, error] = module.default.parseToObject(text);
    const root = error === null ? toValue(parsed) : undefined;
    return root?.type === 'block' && isPlain(root) ? root : undefined;
  } catch {
    return undefined; // compiled Go overflows the stack on brackets nested thousands deep
  }
};
