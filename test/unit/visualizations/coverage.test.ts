import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createMachine } from 'xstate';
import { readCounts, withCounts } from '../../../visualizations/generator/coverage.ts';
import { layOut } from '../../../visualizations/generator/layout.ts';
import { pictureOf } from '../../../visualizations/generator/picture.ts';
import { svgOf } from '../../../visualizations/generator/svg.ts';

const machine = createMachine({
  id: 'lamp',
  initial: 'dark',
  states: { dark: { on: { 'switch.turned': 'lit' } }, lit: { on: { 'switch.turned': 'dark', 'bulb.touched': {} } } },
});

const classesOf = (svg: string): Record<string, string> =>
  Object.fromEntries(
    [...svg.matchAll(/class="([^"]+)" data-edge="([^"]+)"/g)].map(([, classes = '', edge = '']) => [edge, classes]),
  );

const draw = async (counts?: Record<string, number>): Promise<string> => {
  const picture = pictureOf(machine);
  const shown = counts === undefined ? picture : withCounts(picture, counts);
  return svgOf(shown, await layOut(shown));
};

it('tells what was taken, and how often, from what was not', async () => {
  const svg = await draw({ 'dark --switch.turned--> lit': 3 });
  expect(classesOf(svg)).toEqual({
    'dark --switch.turned--&gt; lit': 'said taken',
    'lit --switch.turned--&gt; dark': 'said untaken',
    'lit --bulb.touched--&gt;': 'said untaken',
  });
  expect(svg).toContain('Taken 3 times');
  expect(svg.match(/class="arrow (un)?taken"/g)).toEqual(['class="arrow taken"', 'class="arrow untaken"']);
});

it('colours nothing where nobody counted', async () => {
  const classes = Object.values(classesOf(await draw()));
  expect(classes).toEqual(['said', 'said', 'said']);
});

it('reads the counts of a suite, and takes a missing file for nothing taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'counts-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'lamp.json'), '{"a": 2}');
  expect(await readCounts(folder, 'lamp')).toEqual({ a: 2 });
  expect(await readCounts(folder, 'other')).toEqual({});
  writeFileSync(join(folder, 'broken.json'), '{');
  await expect(readCounts(folder, 'broken')).rejects.toThrow(SyntaxError);
});
