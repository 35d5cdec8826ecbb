/** Which files there are in visualizations/, and what each holds. */
import { readCharts, type Chart } from './charts.ts';
import { readCounts, withCounts } from './coverage.ts';
import { galleryOf } from './gallery.ts';
import { layOut, type Layout } from './layout.ts';
import { mermaidOf } from './mermaid.ts';
import { pictureOf, type Picture } from './picture.ts';
import { statelyOf } from './stately.ts';
import { svgOf } from './svg.ts';

/** Where the files belong. */
export const FOLDER = new URL('../', import.meta.url);

/** A chart, and how it is drawn. */
export interface Drawing {
  readonly chart: Chart;
  readonly picture: Picture;
  readonly layout: Layout;
}

/** Draws every chart. `counts`: a folder of what tests have taken, to be coloured in. */
export async function drawCharts(counts?: string): Promise<Drawing[]> {
  const drawings: Drawing[] = [];
  for (const chart of await readCharts()) {
    const plain = pictureOf(chart.machine);
    const picture = counts === undefined ? plain : withCounts(plain, await readCounts(counts, chart.machine.id));
    drawings.push({ chart, picture, layout: await layOut(picture) });
  }
  return drawings;
}

/** Every file by its name. Equal charts make equal bytes. */
export async function makeFiles(drawings: readonly Drawing[]): Promise<Map<string, string>> {
  const exhibits = drawings.map(({ chart, layout: { width } }) => ({ chart, width }));
  const files = new Map([['index.html', galleryOf(exhibits)]]);
  for (const { chart, picture, layout } of drawings) {
    const { machine } = chart;
    files.set(`${machine.id}.svg`, svgOf(picture, layout));
    files.set(`${machine.id}.mmd`, mermaidOf(picture));
    files.set(`${machine.id}.ts`, await statelyOf(machine));
  }
  return files;
}
