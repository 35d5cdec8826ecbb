import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { differencesOf } from '../../../visualizations/generator/differences.ts';
import { durationText } from '../../../visualizations/generator/duration.ts';
import { drawCharts, FOLDER, makeFiles } from '../../../visualizations/generator/files.ts';
import { edgesOf, nameOf, stateName, statesOf } from '../../../src/chart.ts';
import { flawsOf } from '../../../visualizations/generator/flaws.ts';
import { pictureOf } from '../../../visualizations/generator/picture.ts';
import { escaped } from '../../../visualizations/generator/xml.ts';

const drawings = await drawCharts();
const files = await makeFiles(drawings);
const charts = drawings.map(({ chart }) => chart);

describe('the files in visualizations/', () => {
  it('are those of the charts as they are', async () => {
    expect(await differencesOf(FOLDER, files), 'run npm run visualize').toEqual([]);
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

describe.each(drawings)('the picture of $chart.machine.id', ({ chart: { machine }, layout }) => {
  it('has no words that are covered, crossed or cut off, and no arrow that misleads', () => {
    expect(flawsOf(layout)).toEqual([]);
  });

  it('shows and explains every state, edge, actor and length of a delay, and tells a screen reader what it is', async () => {
    const svg = await readFile(new URL(`${machine.id}.svg`, FOLDER), 'utf8');
    const valuesOf = (attribute: string): string[] =>
      [...svg.matchAll(new RegExp(`${attribute}="([^"]+)"`, 'g'))].map(([, value = '']) => value).sort();
    expect(valuesOf('data-state')).toEqual(statesOf(machine).map(stateName).sort());
    // Two edges of one name could not be told apart where they are lit or coloured.
    expect(valuesOf('data-edge')).toEqual([...new Set(edgesOf(machine).map(escaped))].sort());
    for (const node of statesOf(machine)) {
      expect(svg).toContain(`data-state="${stateName(node)}"><title>${escaped(node.description ?? '?')}</title>`);
      for (const { src } of node.invoke) expect(svg).toContain(`>${nameOf(src)}</text>`);
    }
    const lengths = Object.values(machine.implementations.delays).filter((delay) => typeof delay === 'number');
    for (const milliseconds of lengths) expect(svg).toContain(`>${durationText(milliseconds)}</text>`);
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*>\n<title>Statechart \w+<\/title>\n<desc>.+<\/desc>/);
  });

  it('is for Stately the same chart', async () => {
    const path = `../../../visualizations/${machine.id}.ts`;
    const exported = (await import(path)) as Record<string, AnyStateMachine>; // safe: the generator writes it so
    const imported = exported[`${machine.id}Machine`]!;
    expect(edgesOf(imported)).toEqual(edgesOf(machine));
    // All that there is to draw of it, but for the lengths of delays: those are no part of a chart's configuration.
    const toDraw = (chart: AnyStateMachine): unknown =>
      JSON.parse(JSON.stringify(pictureOf(chart), (key, value: unknown) => (key === 'duration' ? undefined : value)));
    expect(toDraw(imported)).toEqual(toDraw(machine));
  });
});
