/** The text line: `2017/10/31 21:59:41 [INFO] message: key=value key="two words"`, as the Go ESM writes it. */
import type { Plain } from './fields.ts';
import { plainFields } from './fields.ts';
import type { LogFields } from './log.ts';
import type { Render } from './sink.ts';

/** A check's output may hold anything: what could end a line, move the cursor or turn the text around is spelled out. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const spellOut = (text: string): string =>
  text.replace(UNSAFE, (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const NEEDS_QUOTES = /^$|[\s"=\\\p{Cc}\p{Bidi_Control}]/u;

const quoted = (text: string): string =>
  NEEDS_QUOTES.test(text) ? `"${spellOut(text.replace(/["\\]/g, '\\$&'))}"` : text;

/** A value with parts is shown as JSON, but for an error: `code: message`. */
function valueText(value: Plain): string {
  if (value === null || typeof value !== 'object') return String(value);
  const { code, message, ...rest } = value as Readonly<Record<string, Plain>>; // safe: an array has neither name
  if (typeof message !== 'string' || Object.keys(rest).length > 0) return JSON.stringify(value);
  return typeof code === 'string' ? `${code}: ${message}` : message;
}

function bodyText(message: string, fields: LogFields): string {
  const pairs = Object.entries(plainFields(fields)).map(([key, value]) => `${quoted(key)}=${quoted(valueText(value))}`);
  return pairs.length === 0 ? spellOut(message) : `${spellOut(message)}: ${pairs.join(' ')}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2017/10/31 21:59:41`, local time. */
export function localStamp(nowMs: number): string {
  const t = new Date(nowMs);
  const day = `${t.getFullYear()}/${two(t.getMonth() + 1)}/${two(t.getDate())}`;
  return `${day} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
}

/** Makes text lines. */
export const textLines = (): Render => (level, nowMs, message, fields) => ({
  level,
  stamp: localStamp(nowMs),
  body: `[${level}] ${bodyText(message, fields)}`,
});
