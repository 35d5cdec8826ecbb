/** The last events of an actor, the newest first. */
import type { Step } from '../../src/observe/statecharts/wire.ts';
import { make } from './elements.ts';
import { breakable, leavesOf, timeText } from './words.ts';

/** As many as the daemon keeps of an actor. */
const MOST_ROWS = 50;

const EDGE = /^(\S+) --(.*)-->(?: (.+))?$/;

/** What XState itself sends, in words. */
const WORDS: Readonly<Record<string, string>> = { 'xstate.init': 'started', 'xstate.stop': 'stopped' };

/** The event as the picture has it: with its guard, delays and ends of actors in words. */
const eventWords = ({ event, edges }: Step): string => {
  const [first] = edges;
  return first === undefined ? (WORDS[event] ?? event) : (EDGE.exec(first)?.[2] ?? event);
};

const moves = ({ edges }: Step): readonly string[] =>
  edges.flatMap((edge) => {
    const [, from, , to] = EDGE.exec(edge) ?? [];
    return from === undefined || to === undefined || from === to ? [] : [breakable(`${from} → ${to}`)];
  });

const isIgnored = ({ edges, event }: Step): boolean => edges.length === 0 && !event.startsWith('xstate.');

/** A row. `onPoint` is told its transitions while somebody looks at it, and none afterwards. */
export const eventRow = (step: Step, onPoint: (edges: readonly string[]) => void): HTMLElement => {
  const time = make('time', '', timeText(step.atMs));
  time.setAttribute('datetime', new Date(step.atMs).toISOString());
  const row = make('li', isIgnored(step) ? 'ignored' : '', time, make('span', 'event', eventWords(step)));
  for (const move of moves(step)) row.append(make('span', 'move', move));
  row.title = `then in ${leavesOf(step.value).join(', ') || 'no state'}`;
  row.addEventListener('pointerenter', () => {
    onPoint(step.edges);
  });
  row.addEventListener('pointerleave', () => {
    onPoint([]);
  });
  return row;
};

/** Puts rows on top of `list`, and drops the oldest. `rows` are oldest first. */
export const addRows = (list: HTMLElement, rows: readonly HTMLElement[]): void => {
  list.prepend(...rows.toReversed());
  while (list.children.length > MOST_ROWS) list.lastElementChild?.remove();
};
