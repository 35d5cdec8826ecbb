/** The charts that the daemon runs, and what their files say about them. */
import { readFile } from 'node:fs/promises';
import { StateMachine, type AnyStateMachine } from 'xstate';
import * as machines from '../../machines/index.ts';

export interface Chart {
  readonly machine: AnyStateMachine;
  /** The opening comment of its file, a paragraph an entry, without mark-up. */
  readonly paragraphs: readonly string[];
}

/** Every chart of machines/index.ts, the ones that start others first. */
const inOrder = (): AnyStateMachine[] => {
  const order = [
    'daemon',
    'registration',
    'leadership',
    'session',
    'assignment',
    'watchlist',
    'node',
    'check',
    'writer',
  ];
  const placeOf = ({ id }: AnyStateMachine): number => (order.includes(id) ? order.indexOf(id) : order.length);
  const all: unknown[] = Object.values(machines);
  return all
    .filter((value): value is AnyStateMachine => value instanceof StateMachine)
    .sort((a, b) => placeOf(a) - placeOf(b));
};

/** The paragraphs of the comment that a source file begins with. */
function openingComment(source: string): string[] {
  const comment = /^\/\*\*\n([\s\S]*?)\n? \*\//.exec(source)?.[1] ?? '';
  return comment
    .replaceAll(/^ \* ?/gm, '')
    .split('\n\n')
    .map((paragraph) => paragraph.replaceAll('\n', ' ').replaceAll('`', '').trim());
}

/** Reads the charts; their files are named as their ids are. */
export const readCharts = async (): Promise<Chart[]> =>
  Promise.all(
    inOrder().map(async (machine) => {
      const source = await readFile(new URL(`../../machines/${machine.id}.ts`, import.meta.url), 'utf8');
      return { machine, paragraphs: openingComment(source) };
    }),
  );
