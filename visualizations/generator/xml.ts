/** XML, written: attributes with their values escaped, elements within elements. */

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML holds it, also within double quotes. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (glyph) => ESCAPES[glyph] ?? glyph);

/** What an attribute may hold; numbers are rounded to tenths, undefined leaves the attribute away. */
type Value = string | number | undefined;

const attributeText = ([name, value]: [string, Value]): string => {
  if (value === undefined) return '';
  return ` ${name}="${escaped(typeof value === 'number' ? String(Math.round(value * 10) / 10) : value)}"`;
};

/** An element; its content is XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Value>>,
  content: readonly string[] = [],
): string {
  const start = `<${name}${Object.entries(attributes).map(attributeText).join('')}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`;
}

/** The tooltip of the element that holds it; nothing where there is nothing to tell. */
export const tooltip = (text: string | undefined): string[] =>
  text === undefined || text === '' ? [] : [element('title', {}, [escaped(text)])];
