import { expect, it } from 'vitest';
import { writerMachine } from '../../../machines/index.ts';
import { flawsOf } from '../../../visualizations/generator/flaws.ts';
import type { Point } from '../../../visualizations/generator/geometry.ts';
import { layOut, type Layout, type PlacedArrow, type PlacedState } from '../../../visualizations/generator/layout.ts';
import { pictureOf } from '../../../visualizations/generator/picture.ts';

const good = await layOut(pictureOf(writerMachine));

const withArrows = (change: (arrow: PlacedArrow, index: number) => PlacedArrow): Layout => ({
  ...good,
  arrows: good.arrows.map(change),
});
const withStates = (change: (state: PlacedState) => PlacedState): Layout => ({
  ...good,
  states: good.states.map(change),
});
const withLabels = (change: (label: NonNullable<PlacedArrow['label']>) => PlacedArrow['label']): Layout =>
  withArrows((arrow) => (arrow.label === undefined ? arrow : { ...arrow, label: change(arrow.label) }));
const withPoints = (change: (points: readonly Point[], index: number) => readonly Point[]): Layout =>
  withArrows((arrow, index) => ({ ...arrow, points: change(arrow.points, index) }));

const gathering = good.states.find(({ state }) => state.title === 'gathering')!;
const across = [
  { x: gathering.x - 20, y: gathering.y + gathering.height / 2 },
  { x: gathering.x + gathering.width + 20, y: gathering.y + gathering.height / 2 },
];

it.each([
  ['lies on', withLabels((label) => ({ ...label, y: label.y - 60 }))],
  ['runs through label', withLabels((label) => ({ ...label, x: label.x + 60 }))],
  ['leaves its label', withLabels((label) => ({ ...label, width: label.width / 2 }))],
  ['leaves its box', withStates((state) => ({ ...state, width: state.width / 2 }))],
  ['is not on its arrow', withLabels((label) => ({ ...label, x: label.x + 400 }))],
  ['does not lie to', withStates((state) => ({ ...state, x: state.x * 2 }))],
  ['the frame of', withLabels((label) => ({ ...label, x: good.width - label.width / 2 }))],
  ['an arrow runs through transactions.gathering', withPoints((points, index) => (index === 0 ? across : points))],
  ['runs through title of', withPoints((points, index) => (index === 0 ? across : points))],
  ['run upon each other', withPoints((points, index) => (index > 3 ? (good.arrows[3]?.points ?? []) : points))],
  ['is loose', withPoints((points) => points.map(({ x, y }) => ({ x, y: y + 5 })))],
])('finds that something %s', (flaw, layout) => {
  expect(flawsOf(layout).filter((line) => line.includes(flaw))).not.toEqual([]);
});

it('finds nothing in a good picture', () => {
  expect(flawsOf(good)).toEqual([]);
});
