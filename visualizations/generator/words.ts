/** The words of a picture: what is said, how each word looks, and how they fill lines. */
import { textWidth } from './glyphs.ts';
import type { Row } from './picture.ts';
import type { TransitionInWords } from './transition.ts';

/** `title`: of a state; `name`: of an event, delay or actor; `keyword`: of UML; `order`: a number in a ring. */
export type WordStyle =
  'title' | 'name' | 'keyword' | 'after' | 'always' | 'done' | 'error' | 'order' | 'guard' | 'action' | 'value';

export interface Word {
  readonly text: string;
  readonly style: WordStyle;
}

/** A word where it stands: its left edge, within its line. */
export interface PlacedWord extends Word {
  readonly x: number;
  readonly width: number;
}

export type Line = readonly PlacedWord[];

export const TEXT_SIZE = 12;
export const TITLE_SIZE = 14;
export const LINE_HEIGHT = 17;
/** Words that take more than that go on in the next line. */
const LINE_WIDTH = 230;
const INDENT = 10;
const BLANK = 4;
export const ORDER_WIDTH = 14;

const BOLD: ReadonlySet<WordStyle> = new Set(['title', 'name']);

const widthOf = ({ text, style }: Word): number => {
  if (style === 'order') return ORDER_WIDTH;
  return textWidth(text, style === 'title' ? TITLE_SIZE : TEXT_SIZE, BOLD.has(style));
};

const actionWords = (actions: readonly string[]): Word[] =>
  actions.map((action, index) => ({
    style: 'action',
    text: `${index === 0 ? '/ ' : ''}${action}${index < actions.length - 1 ? ',' : ''}`,
  }));

function triggerWords({ trigger, name, duration }: TransitionInWords): Word[] {
  if (trigger === 'event') return [{ text: name, style: 'name' }];
  if (trigger === 'always') return [{ text: 'always', style: 'always' }];
  return [
    { text: trigger, style: trigger === 'snapshot' ? 'done' : trigger },
    { text: name, style: 'name' },
    ...(duration === undefined ? [] : [{ text: duration, style: 'value' as const }]),
  ];
}

function guardWords({ guard, order }: TransitionInWords): Word[] {
  if (guard !== undefined) return [{ text: `[${guard}]`, style: 'guard' }];
  return order !== undefined && order > 1 ? [{ text: '[else]', style: 'guard' }] : [];
}

/** A transition that neither leaves nor does anything: the event is taken, and nobody above hears of it. */
const isIgnored = (transition: TransitionInWords, isRow: boolean): boolean =>
  isRow && transition.actions.length === 0 && !transition.isReentering;

/** `isRow`: the transition stays within its state. */
export const transitionWords = (transition: TransitionInWords, isRow: boolean): Word[] => [
  ...(transition.order === undefined ? [] : [{ text: String(transition.order), style: 'order' as const }]),
  ...triggerWords(transition),
  ...guardWords(transition),
  ...(transition.isReentering ? [{ text: 're-enters', style: 'keyword' as const }] : []),
  ...(isIgnored(transition, isRow) ? [{ text: 'ignored', style: 'keyword' as const }] : []),
  ...actionWords(transition.actions),
];

export function rowWords(row: Row): Word[] {
  if (row.type === 'transition') return transitionWords(row.transition, true);
  if (row.type === 'invoke')
    return [
      { text: 'invoke', style: 'keyword' },
      { text: row.src, style: 'name' },
    ];
  return [{ text: row.type, style: 'keyword' }, ...actionWords(row.actions)];
}

/** Sets the words in lines, the later ones indented. */
export function linesOf(words: readonly Word[]): Line[] {
  const lines: PlacedWord[][] = [[]];
  let x = 0;
  for (const word of words) {
    const width = widthOf(word);
    if (x > 0 && x + width > LINE_WIDTH) {
      lines.push([]);
      x = INDENT;
    }
    lines.at(-1)?.push({ ...word, x, width });
    x += width + BLANK;
  }
  return lines;
}

/** The width of a block of lines. */
export const blockWidth = (lines: readonly Line[]): number =>
  Math.max(0, ...lines.map((line) => line.at(-1)).map((last) => (last === undefined ? 0 : last.x + last.width)));
