/** Which files there are in visualizations/, and what each holds. */
import { readCharts } from './charts.ts';
import { readCounts, withCounts } from './coverage.ts';
import { galleryOf } from './gallery.ts';
import { layOut } from './layout.ts';
import { mermaidOf } from './mermaid.ts';
import { pictureOf } from './picture.ts';
import { statelyOf } from './stately.ts';
import { svgOf } from './svg.ts';

/** Where the files belong. */
export const FOLDER = new URL('../', import.meta.url);

/** Every file by its name. Equal charts make equal bytes. `counts`: a folder of what tests have taken, to be coloured in. */
export async function makeFiles(counts?: string): Promise<Map<string, string>> {
  const charts = await readCharts();
  const files = new Map([['index.html', galleryOf(charts)]]);
  for (const { machine } of charts) {
    const plain = pictureOf(machine);
    const picture = counts === undefined ? plain : withCounts(plain, await readCounts(counts, machine.id));
    files.set(`${machine.id}.svg`, svgOf(picture, await layOut(picture)));
    files.set(`${machine.id}.mmd`, mermaidOf(picture));
    files.set(`${machine.id}.ts`, await statelyOf(machine));
  }
  return files;
}
