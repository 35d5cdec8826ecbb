import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { readCharts } from '../../../visualizations/generator/charts.ts';
import { differencesOf } from '../../../visualizations/generator/differences.ts';
import { FOLDER, makeFiles } from '../../../visualizations/generator/files.ts';
import { layOut } from '../../../visualizations/generator/layout.ts';
import { pictureOf } from '../../../visualizations/generator/picture.ts';
import { edgesOf, stateName, statesOf } from '../../../src/chart.ts';
import { flawsOf } from '../../support/overlaps.ts';

/** A layout takes a second or two. */
const LAYOUT_MS = 60_000;
const charts = await readCharts();

describe('the files in visualizations/', () => {
  it('are those of the charts as they are', { timeout: LAYOUT_MS }, async () => {
    expect(await differencesOf(FOLDER, await makeFiles()), 'run npm run visualize').toEqual([]);
  });

  it('cover every chart', () => {
    const ids = charts.map(({ machine }) => machine.id).sort();
    expect(ids).toEqual([
      'assignment',
      'check',
      'daemon',
      'leadership',
      'node',
      'registration',
      'session',
      'watchlist',
      'writer',
    ]);
    expect(charts.filter(({ paragraphs }) => paragraphs.length < 2)).toEqual([]);
  });
});

describe.each(charts)('the picture of $machine.id', ({ machine }) => {
  it('has no words that are covered, crossed or cut off, and no loose arrow', { timeout: LAYOUT_MS }, async () => {
    expect(flawsOf(await layOut(pictureOf(machine)))).toEqual([]);
  });

  it('is for Stately the same chart', async () => {
    const path = `../../../visualizations/${machine.id}.ts`;
    const exported = (await import(path)) as Record<string, AnyStateMachine>; // safe: the generator writes it so
    const imported = exported[`${machine.id}Machine`]!;
    expect(statesOf(imported).map(stateName)).toEqual(statesOf(machine).map(stateName));
    expect(edgesOf(imported)).toEqual(edgesOf(machine));
  });
});
